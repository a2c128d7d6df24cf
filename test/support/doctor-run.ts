import { main } from '../../functions/local/main.ts';
import type { Finding } from '../../shared/app/doctor/finding.ts';

export interface DoctorRun {
  readonly status: number;
  readonly findings: readonly Finding[];
  readonly out: string;
  readonly error: string;
  /** The findings of a step that are not well. */
  wrong(): readonly Finding[];
  of(step: string): readonly Finding[];
}

/** Runs `heapless doctor` as the command line does; with `--output json` unless told otherwise. */
export async function runDoctor(
  args: readonly string[],
  options: { readonly output?: 'table' | 'json'; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<DoctorRun> {
  let out = '';
  let error = '';
  const output = options.output ?? 'json';
  const status = await main(['doctor', '--output', output, ...args], {
    env: { HEAPLESS_CLUSTER_NAME: 'sim', HEAPLESS_SINK: 'log:', ...options.env },
    signal: new AbortController().signal,
    color: false,
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      error += text;
    },
  });
  const findings: readonly Finding[] =
    output === 'json' && out !== '' ? (JSON.parse(out) as { readonly findings: readonly Finding[] }).findings : [];
  return {
    status,
    findings,
    out,
    error,
    wrong: () => findings.filter((one) => one.status === 'problem'),
    of: (step) => findings.filter((one) => one.step === step),
  };
}
