import { examine } from '../../shared/app/doctor/examine.ts';
import type { Finding } from '../../shared/app/doctor/finding.ts';
import type { CommandInput } from './command-input.ts';
import { DOCTOR_EXIT } from './exit-status.ts';
import { createFindingPrinter } from './render-finding.ts';
import { withRuntime } from './with-runtime.ts';

/** `heapless doctor`: examines clusters, sinks and state as they are configured, and says what mends what it finds. */
export async function doctor(input: CommandInput): Promise<number> {
  return withRuntime(input, async (runtime) => {
    const print = createFindingPrinter(input);
    const onFinding = input.output === 'table' ? print.finding : (): void => undefined;
    const findings = await examine(runtime, { env: input.env, signal: input.signal, onFinding });
    const status = findings.some(isProblem) ? DOCTOR_EXIT.mend : DOCTOR_EXIT.well;
    if (input.output === 'table') print.end(findings);
    else
      input.write(
        `${JSON.stringify({ status: status === DOCTOR_EXIT.well ? 'well' : 'mend', findings }, undefined, 2)}\n`,
      );
    return status;
  });
}

function isProblem({ status }: Finding): boolean {
  return status === 'problem';
}
