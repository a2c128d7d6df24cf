import { type Command, Option } from 'commander';
import { awsCli } from '../../infra/aws/aws-cli.ts';
import { checkDeployment, type Finding } from '../../infra/aws/deployment-check.ts';
import { DEPLOYMENT_STEPS } from '../../infra/aws/deployment-steps.ts';
import { systemClock } from '../../shared/core/clock.ts';
import type { CommandInput } from './command-input.ts';

/** Status of `heapless deploy-check`: 0 all is well, 2 something is to be mended. */
const MEND = 2;

type Input = Pick<CommandInput, 'env' | 'write' | 'signal'>;

interface Given {
  readonly stack: string;
  readonly region?: string;
  readonly output: 'text' | 'json';
}

/** `heapless deploy-check`: looks at a deployment on AWS with the AWS CLI and says what is wrong with it. */
export function addDeployCheck(program: Command, input: Input, end: (status: number) => void): void {
  program
    .command('deploy-check')
    .description('looks at a deployment on AWS: stack, functions, schedule, bucket, secrets, last tick and report')
    .addOption(new Option('--stack <NAME>', 'the stack: service and stage').default('heapless-dev'))
    .addOption(new Option('--region <REGION>', 'its region (default that of the AWS CLI)'))
    .addOption(new Option('--output <FORMAT>', 'what is printed').choices(['text', 'json']).default('text'))
    .addHelpText('after', '\nExit status: 0 all is well, 1 bad usage, 2 something is to be mended.')
    .action(async ({ stack, region, output }: Given) => {
      const ask = awsCli(input.env, region, input.signal);
      const findings = await checkDeployment(DEPLOYMENT_STEPS, ask, { stack, now: systemClock.now() });
      input.write(output === 'json' ? `${JSON.stringify({ stack, findings }, undefined, 2)}\n` : textOf(findings));
      end(findings.some(({ status }) => status === 'problem') ? MEND : 0);
    });
}

const MARKS = { ok: '✓', problem: '✗', skipped: '–' } as const;

function textOf(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ what }) => what.length));
  return findings.map(({ what, status, sentence }) => `${MARKS[status]} ${what.padEnd(width)}  ${sentence}\n`).join('');
}
