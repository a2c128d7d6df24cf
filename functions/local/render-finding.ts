import { styleText } from 'node:util';
import type { Finding } from '../../shared/app/doctor/finding.ts';
import type { CommandInput } from './command-input.ts';

const MARKS = { ok: '✓', note: '!', problem: '✗', skipped: '–' } as const satisfies Record<Finding['status'], string>;
const COLORS = { ok: 'green', note: 'yellow', problem: 'red', skipped: 'gray' } as const;
/** The longest name of a step. */
const WIDTH = 10;

/** Prints findings as they come, a head line for each subject, and at the end how it stands. */
export function createFindingPrinter({ write, color }: Pick<CommandInput, 'write' | 'color'>): {
  finding(finding: Finding): void;
  end(findings: readonly Finding[]): void;
} {
  const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
    color ? styleText(format, text, { validateStream: false }) : text;
  let subject = '';
  return {
    finding(finding) {
      if (finding.subject !== subject) {
        write(`${subject === '' ? '' : '\n'}${paint('bold', finding.subject)}\n`);
        subject = finding.subject;
      }
      const { status, step, sentence, millis, mend } = finding;
      const time = millis === undefined ? '' : paint('gray', ` (${Math.round(millis)} ms)`);
      write(`  ${paint(COLORS[status], MARKS[status])} ${step.padEnd(WIDTH)}  ${sentence}${time}\n`);
      if (mend !== undefined) write(`    ${' '.repeat(WIDTH)}  → ${mend}\n`);
    },
    end(findings) {
      const count = (wanted: Finding['status']): number => findings.filter(({ status }) => status === wanted).length;
      const problems = count('problem');
      const said = problems === 0 ? 'all is well' : `${problems} to mend`;
      write(
        `\n${paint(['bold', problems === 0 ? 'green' : 'red'], said)}; ${count('note')} to know, ${count('skipped')} not looked at\n`,
      );
    },
  };
}
