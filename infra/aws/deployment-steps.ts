import * as z from 'zod';
import { readClaim } from '../../shared/state/claim-object.ts';
import { type Finding, ok, problem, type Step, skipped } from './deployment-check.ts';
import { secretNames } from './function-variables.ts';
import { FUNCTION_NAMES } from './stack-params.ts';

const MINUTE = 60_000;
const SECOND = 1_000;
/** A tick is late when two after it should have been. */
const LATE = 3 * MINUTE;
const RUNTIME = 'nodejs24.x';
const STAMP = '<aws.scheduler.scheduled-time>';

const stacks = z.object({
  Stacks: z
    .array(
      z.object({
        StackStatus: z.string(),
        Outputs: z.array(z.object({ OutputKey: z.string(), OutputValue: z.string() })).default([]),
      }),
    )
    .min(1),
});

const configuration = z.object({
  Runtime: z.string().optional(),
  State: z.string().default('Active'),
  StateReason: z.string().optional(),
  LastUpdateStatus: z.string().default('Successful'),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }).optional(),
});

const schedules = z.object({
  Schedules: z.array(
    z.object({ Name: z.string(), GroupName: z.string().optional(), Target: z.object({ Arn: z.string() }) }),
  ),
});

const schedule = z.object({
  State: z.string(),
  ScheduleExpression: z.string(),
  Target: z.object({ Input: z.string().optional() }),
});

const blocked = z.object({ PublicAccessBlockConfiguration: z.record(z.string(), z.boolean()) });

const listed = z.object({ Contents: z.array(z.object({ Key: z.string() })).default([]) }).nullable();

const events = z.object({ events: z.array(z.object({ timestamp: z.number(), message: z.string() })).default([]) });

const reportLine = z.object({
  report: z.object({
    cluster: z.string(),
    status: z.string(),
    nodes: z.object({ planned: z.number(), answered: z.number() }),
    sinks: z.array(z.object({ sink: z.string(), delivered: z.number(), rejected: z.number(), dropped: z.number() })),
  }),
});

const askStack: Step = async (ask, known) => {
  const answer = stacks.parse(await ask('cloudformation', 'describe-stacks', '--stack-name', known.stack));
  const [found] = answer.Stacks;
  const status = found?.StackStatus ?? 'unknown';
  known.bucket = found?.Outputs.find(({ OutputKey }) => OutputKey === 'StateBucketName')?.OutputValue;
  const whole = /^(?:CREATE|UPDATE)_COMPLETE$/.test(status);
  return [
    whole
      ? ok('stack', `${known.stack} is ${status}`)
      : problem('stack', `${known.stack} is ${status}; deploy again, and look at the stack's events in CloudFormation`),
    known.bucket === undefined
      ? problem(
          'stack',
          `${known.stack} has no output StateBucketName: it is no stack of Heapless, or of an old version`,
        )
      : ok('stack', `its state is in ${known.bucket}`),
  ];
};

const askFunctions: Step = async (ask, known) => {
  const findings: Finding[] = [];
  for (const short of FUNCTION_NAMES) {
    const name = `${known.stack}-${short}`;
    const found = configuration.parse(await ask('lambda', 'get-function-configuration', '--function-name', name));
    const variables = found.Environment?.Variables ?? {};
    const state = variables['HEAPLESS_STATE'] ?? '';
    if (short === 'tick') {
      known.variables = variables;
      // Where the stack does not say it, the functions do.
      known.bucket ??= /^s3:\/\/([^/]+)\//.exec(state)?.[1];
    }
    const wrong = [
      ...(found.State === 'Active'
        ? []
        : [`is ${found.State}${found.StateReason === undefined ? '' : `: ${found.StateReason}`}`]),
      ...(found.LastUpdateStatus === 'Successful' ? [] : [`its last update is ${found.LastUpdateStatus}`]),
      ...(found.Runtime === RUNTIME ? [] : [`runs on ${found.Runtime}, not on ${RUNTIME}`]),
      ...(known.bucket === undefined || state.startsWith(`s3://${known.bucket}/`)
        ? []
        : [`has HEAPLESS_STATE=${state}, which is not in the stack's bucket`]),
      ...(short === 'tick' && variables['HEAPLESS_AWS_SCRAPE_FUNCTION'] !== `${known.stack}-scrape`
        ? [`does not name ${known.stack}-scrape in HEAPLESS_AWS_SCRAPE_FUNCTION`]
        : []),
    ];
    findings.push(
      wrong.length === 0
        ? ok(`function ${short}`, `${name} is active on ${RUNTIME}`)
        : problem(`function ${short}`, `${name} ${wrong.join('; ')}; deploy again`),
    );
  }
  return findings;
};

const askSchedule: Step = async (ask, known) => {
  const all = schedules.parse(await ask('scheduler', 'list-schedules'));
  const found = all.Schedules.find(({ Target }) => Target.Arn.endsWith(`:function:${known.stack}-tick`));
  if (found === undefined) return [problem('schedule', `nothing calls ${known.stack}-tick; deploy again`)];
  const group = found.GroupName === undefined ? [] : ['--group-name', found.GroupName];
  const { State, ScheduleExpression, Target } = schedule.parse(
    await ask('scheduler', 'get-schedule', '--name', found.Name, ...group),
  );
  if (State !== 'ENABLED') return [problem('schedule', `${found.Name} is ${State}: nothing is collected; enable it`)];
  if (Target.Input?.includes(STAMP) !== true) {
    return [
      problem(
        'schedule',
        `${found.Name} does not pass ${STAMP}, so that the tick does not know its minute; deploy again`,
      ),
    ];
  }
  return [ok('schedule', `${found.Name} is enabled, ${ScheduleExpression}`)];
};

const askBucket: Step = async (ask, { bucket }) => {
  if (bucket === undefined) return [skipped('bucket', 'its name is not known')];
  const access = blocked.parse(await ask('s3api', 'get-public-access-block', '--bucket', bucket));
  const open = Object.entries(access.PublicAccessBlockConfiguration).filter(([, value]) => !value);
  return open.length === 0
    ? [ok('bucket', `${bucket} is there and closed to the public`)]
    : [
        problem(
          'bucket',
          `${bucket} does not block the public: ${open.map(([name]) => name).join(', ')}; deploy again`,
        ),
      ];
};

const askSecrets: Step = async (ask, { variables }) => {
  if (variables === undefined) return [skipped('secrets', 'the variables of the functions are not known')];
  const names = secretNames(variables);
  const findings: Finding[] = [];
  for (const name of names) {
    const refused = await ask('secretsmanager', 'describe-secret', '--secret-id', name).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const create = `aws secretsmanager create-secret --name ${name} --secret-string file://kubeconfig`;
    findings.push(
      refused === undefined
        ? ok('secrets', `${name} is there`)
        : problem('secrets', `${name} cannot be seen (${refused}); if it is not there: ${create}`),
    );
  }
  return findings;
};

const askTicks: Step = async (ask, { bucket, now, stack }) => {
  if (bucket === undefined) return [skipped('last tick', 'the bucket is not known')];
  const claims = listed.parse(await ask('s3api', 'list-objects-v2', '--bucket', bucket, '--prefix', 'state/claim/'));
  const keys = claims?.Contents.map(({ Key }) => Key) ?? [];
  if (keys.length === 0) {
    return [
      problem('last tick', `no tick has begun yet: wait a minute, then look at the log /aws/lambda/${stack}-tick`),
    ];
  }
  const findings: Finding[] = [];
  for (const key of keys) {
    const cluster = decodeURIComponent(key.slice('state/claim/'.length));
    const body = await ask('s3', 'cp', `s3://${bucket}/${key}`, '-');
    const read = readClaim(Buffer.from(JSON.stringify(body)), now);
    if (read.status === 'unreadable') {
      findings.push(problem('last tick', `${cluster}: its claim ${read.reason}`));
      continue;
    }
    const { timestamp, outcome, released } = read.claim;
    const age = now - timestamp;
    const said = `${cluster}: ${new Date(timestamp).toISOString()}, ${Math.round(age / SECOND)} s ago, ${outcome ?? (released ? 'done' : 'running')}`;
    findings.push(
      age <= LATE
        ? ok('last tick', said)
        : problem('last tick', `${said}; look at the log /aws/lambda/${stack}-tick and at the schedule`),
    );
  }
  return findings;
};

const askReports: Step = async (ask, { stack, now }) => {
  const found = events.parse(
    await ask(
      ...['logs', 'filter-log-events', '--log-group-name', `/aws/lambda/${stack}-tick`],
      ...['--start-time', String(now - 10 * MINUTE), '--filter-pattern', '{ $.event = "tick" }'],
    ),
  );
  const last = new Map<string, Finding>();
  for (const { message } of found.events) {
    const line = reportLine.safeParse(parseJson(message));
    if (!line.success) continue;
    const { cluster, status, nodes, sinks } = line.data.report;
    const lost = sinks.reduce((sum, { rejected, dropped }) => sum + rejected + dropped, 0);
    const delivered = sinks.reduce((sum, one) => sum + one.delivered, 0);
    const said = `${cluster}: ${status}, ${nodes.answered} of ${nodes.planned} nodes, ${delivered} points delivered, ${lost} lost`;
    last.set(
      cluster,
      lost === 0 && (status === 'whole' || status === 'skipped')
        ? ok('last report', said)
        : problem('last report', `${said}; the report in the log has the reasons`),
    );
  }
  if (last.size === 0)
    return [problem('last report', `the log /aws/lambda/${stack}-tick has none of the last ten minutes`)];
  return [...last.values()];
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is looked at, in its order. */
export const DEPLOYMENT_STEPS: Readonly<Record<string, Step>> = {
  stack: askStack,
  functions: askFunctions,
  schedule: askSchedule,
  bucket: askBucket,
  secrets: askSecrets,
  'last tick': askTicks,
  'last report': askReports,
};
