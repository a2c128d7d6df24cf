import { describe, expect, it } from 'vitest';
import { type AskAws, checkDeployment, type Finding } from '../../../infra/aws/deployment-check.ts';
import { DEPLOYMENT_STEPS } from '../../../infra/aws/deployment-steps.ts';

const NOW = Date.UTC(2026, 10, 24, 12, 0, 30);
const MINUTE = 60_000;
const STACK = 'heapless-prod';

const REPORT = {
  event: 'tick',
  report: {
    cluster: 'blue',
    status: 'whole',
    nodes: { planned: 5, answered: 5 },
    sinks: [{ sink: 'cloudwatch', delivered: 100, rejected: 0, dropped: 0 }],
  },
};

/** Answers of AWS for a deployment without a fault. */
const GOOD: Readonly<Record<string, unknown>> = {
  'cloudformation describe-stacks': {
    Stacks: [{ StackStatus: 'UPDATE_COMPLETE', Outputs: [{ OutputKey: 'StateBucketName', OutputValue: 'state-1' }] }],
  },
  'lambda get-function-configuration': {
    Runtime: 'nodejs24.x',
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Environment: {
      Variables: {
        HEAPLESS_STATE: 's3://state-1/state',
        HEAPLESS_AWS_SCRAPE_FUNCTION: `${STACK}-scrape`,
        HEAPLESS_SOURCE: 'kubernetes.summary_api:?auth=$' + '{secret:heapless/prod/kubeconfig}',
      },
    },
  },
  'scheduler list-schedules': {
    Schedules: [
      { Name: 'every-minute', GroupName: 'default', Target: { Arn: `arn:aws:lambda:x:1:function:${STACK}-tick` } },
    ],
  },
  'scheduler get-schedule': {
    State: 'ENABLED',
    ScheduleExpression: 'rate(1 minute)',
    Target: { Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}' },
  },
  's3api get-public-access-block': {
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true },
  },
  'secretsmanager describe-secret': { Name: 'heapless/prod/kubeconfig' },
  's3api list-objects-v2': { Contents: [{ Key: 'state/claim/blue' }] },
  's3 cp': {
    version: 1,
    cluster: 'blue',
    timestamp: NOW - 30_000,
    holder: 'h',
    nonce: 'n',
    leaseUntil: NOW,
    released: true,
    outcome: 'whole',
  },
  'logs filter-log-events': { events: [{ timestamp: NOW, message: JSON.stringify(REPORT) }] },
};

async function check(changed: Readonly<Record<string, unknown>> = {}): Promise<readonly Finding[]> {
  const answers = { ...GOOD, ...changed };
  const ask: AskAws = async (...args) => {
    const answer = answers[args.slice(0, 2).join(' ')];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return checkDeployment(DEPLOYMENT_STEPS, ask, { stack: STACK, now: NOW });
}

function problems(findings: readonly Finding[]): string {
  return findings
    .flatMap(({ what, status, sentence }) => (status === 'problem' ? [`${what}: ${sentence}`] : []))
    .join('\n');
}

describe('the check of a deployment', () => {
  it('finds nothing wrong with one that works, and says what it saw', async () => {
    const findings = await check();

    expect(problems(findings)).toBe('');
    expect(findings.map(({ sentence }) => sentence)).toContain('blue: 2026-11-24T12:00:00.000Z, 30 s ago, whole');
    expect(findings.at(-1)?.sentence).toBe('blue: whole, 5 of 5 nodes, 100 points delivered, 0 lost');
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      'a stack that rolled back',
      { 'cloudformation describe-stacks': { Stacks: [{ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' }] } },
      'stack: heapless-prod is UPDATE_ROLLBACK_COMPLETE; deploy again',
    ],
    [
      'no stack',
      { 'cloudformation describe-stacks': new Error('Stack with id heapless-prod does not exist') },
      'stack: Stack with id heapless-prod does not exist',
    ],
    [
      'an old runtime',
      {
        'lambda get-function-configuration': {
          ...(GOOD['lambda get-function-configuration'] as object),
          Runtime: 'nodejs20.x',
        },
      },
      'function tick: heapless-prod-tick runs on nodejs20.x, not on nodejs24.x; deploy again',
    ],
    [
      'state elsewhere',
      {
        'lambda get-function-configuration': {
          Runtime: 'nodejs24.x',
          Environment: { Variables: { HEAPLESS_STATE: 's3://other/state' } },
        },
      },
      "has HEAPLESS_STATE=s3://other/state, which is not in the stack's bucket",
    ],
    ['no schedule', { 'scheduler list-schedules': { Schedules: [] } }, 'schedule: nothing calls heapless-prod-tick'],
    [
      'a schedule that is off',
      { 'scheduler get-schedule': { State: 'DISABLED', ScheduleExpression: 'rate(1 minute)', Target: {} } },
      'schedule: every-minute is DISABLED: nothing is collected; enable it',
    ],
    [
      'a schedule without the time',
      { 'scheduler get-schedule': { State: 'ENABLED', ScheduleExpression: 'rate(1 minute)', Target: { Input: '{}' } } },
      'does not pass <aws.scheduler.scheduled-time>',
    ],
    [
      'an open bucket',
      { 's3api get-public-access-block': { PublicAccessBlockConfiguration: { BlockPublicAcls: false } } },
      'bucket: state-1 does not block the public: BlockPublicAcls',
    ],
    [
      'a missing secret',
      { 'secretsmanager describe-secret': new Error('secretsmanager describe-secret: not found') },
      'aws secretsmanager create-secret --name heapless/prod/kubeconfig',
    ],
    ['no tick yet', { 's3api list-objects-v2': null }, 'last tick: no tick has begun yet'],
    [
      'an old tick',
      { 's3 cp': { ...(GOOD['s3 cp'] as object), timestamp: NOW - 10 * MINUTE } },
      'last tick: blue: 2026-11-24T11:50:30.000Z, 600 s ago, whole; look at the log /aws/lambda/heapless-prod-tick',
    ],
    ['an unreadable claim', { 's3 cp': { version: 7 } }, 'last tick: blue: its claim is not a claim'],
    [
      'losses in the last report',
      {
        'logs filter-log-events': {
          events: [
            {
              timestamp: NOW,
              message: JSON.stringify({
                report: { ...REPORT.report, sinks: [{ sink: 'otlp', delivered: 1, rejected: 2, dropped: 3 }] },
              }),
            },
          ],
        },
      },
      'last report: blue: whole, 5 of 5 nodes, 1 points delivered, 5 lost',
    ],
    ['no report', { 'logs filter-log-events': { events: [] } }, 'has none of the last ten minutes'],
  ])('says what is wrong with %s', async (_, changed, sentence) => {
    expect(problems(await check(changed))).toContain(sentence);
  });

  it('skips what it cannot know without the stack, and goes on', async () => {
    const denied = new Error('denied');

    const findings = await check({
      'cloudformation describe-stacks': denied,
      'lambda get-function-configuration': denied,
    });

    expect(findings.filter(({ status }) => status === 'skipped').map(({ what }) => what)).toEqual([
      'bucket',
      'secrets',
      'last tick',
    ]);
    expect(findings.some(({ what, status }) => what === 'schedule' && status === 'ok')).toBe(true);
  });
});
