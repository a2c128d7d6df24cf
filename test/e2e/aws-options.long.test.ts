import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../functions/local/main.ts';
import type { Finding } from '../../infra/aws/deployment-check.ts';
import { awsEnvironment, runProgram } from '../support/aws-process.ts';
import { copyService } from '../support/aws-service.ts';
import { AWS_TOOLS_MISSING } from '../support/aws-tools.ts';
import { type Moto, startMoto } from '../support/state-moto.ts';

const KEY = 'arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000';
const PARAMS: Readonly<Record<string, string>> = {
  stateBucket: 'heapless-options-state',
  clusters: 'blue,green',
  subnetIds: 'subnet-00000001,subnet-00000002',
  vpcId: 'vpc-00000001',
  routeTableIds: 'rtb-00000001',
  endpoints: 'monitoring,secretsmanager,lambda',
  kmsKey: KEY,
  logRetentionDays: '30',
  reservedConcurrency: 'tick=2,scrape=40,reduce=2',
  alarmTopic: 'arn:aws:sns:us-east-1:123456789012:ops',
  completeness: '0.95',
  budgetPoints: '50000',
  rowAlarms: 'true',
};

interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>
  >;
}

describe.skipIf(AWS_TOOLS_MISSING !== undefined)('the stack with every parameter', () => {
  let folder: string;
  let lint: string;
  let template: Template;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heapless-options-'));
    const env = awsEnvironment({ HEAPLESS_SINK: 'cloudwatch:?levels=*&metrics=*' });
    const params = Object.entries(PARAMS).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
    const packaged = join(folder, 'package');
    const args = ['package', '--package', packaged, '--stage', 'full', '--region', 'us-east-1', ...params];
    const service = await copyService(folder);
    await runProgram({ command: 'osls', args, env, folder: service, log: join(folder, 'osls.log') }, 90_000);
    const file = join(packaged, 'cloudformation-template-update-stack.json');
    template = JSON.parse(await readFile(file, 'utf8')) as Template;
    const linted = runProgram({ command: 'cfn-lint', args: [file], env, log: join(folder, 'lint.log') }, 90_000);
    lint = await linted.catch((error: Error) => error.message);
  }, 180_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('passes cfn-lint without a word', () => {
    expect(lint.trim()).toBe('');
  });

  it('has the functions in its own security group, by the key, within their reserved runs', () => {
    expect(template.Resources['ScrapeLambdaFunction']?.Properties).toMatchObject({
      ReservedConcurrentExecutions: 40,
      KmsKeyArn: KEY,
      VpcConfig: {
        SubnetIds: ['subnet-00000001', 'subnet-00000002'],
        SecurityGroupIds: [{ 'Fn::GetAtt': ['FunctionsSecurityGroup', 'GroupId'] }],
      },
    });
    expect(template.Resources['TickLogGroup']?.Properties).toMatchObject({ RetentionInDays: 30, KmsKeyId: KEY });
    expect(JSON.stringify(template.Resources['StateBucket'])).toContain('aws:kms');
  });

  it('tells every alarm to the topic', () => {
    const alarms = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');

    expect(alarms.length).toBeGreaterThan(12);
    expect(alarms.filter(({ Properties }) => String(Properties['AlarmActions']) !== PARAMS['alarmTopic'])).toEqual([]);
  });

  it('keeps within the size of a template', () => {
    expect(JSON.stringify(template).length).toBeLessThan(1_000_000);
    expect(Object.keys(template.Resources).length).toBeLessThan(500);
  });
});

/** `heapless deploy-check`, as a user runs it. */
async function check(
  env: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly findings: readonly Finding[] }> {
  let written = '';
  const status = await main(['deploy-check', '--stack', 'heapless-gone', '--region', 'us-east-1', '--output', 'json'], {
    env,
    signal: new AbortController().signal,
    color: false,
    write: (text) => {
      written += text;
    },
    writeError: (text) => {
      written += text;
    },
  });
  return { status, findings: (JSON.parse(written) as { readonly findings: readonly Finding[] }).findings };
}

describe.skipIf(AWS_TOOLS_MISSING !== undefined)('uninstalling', () => {
  let folder: string;
  let moto: Moto;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heapless-uninstall-'));
    moto = await startMoto();
  }, 60_000);

  afterAll(async () => {
    await moto?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('leaves nothing behind, by the commands that the documentation gives', async () => {
    const env = awsEnvironment({ AWS_ENDPOINT_URL: moto.endpoint });
    const service = await copyService(folder);
    let runs = 0;
    const run = (command: string, ...args: readonly string[]): Promise<string> =>
      runProgram({ command, args, env, folder: service, log: join(folder, `${runs++}.log`) }, 90_000);
    const aws = async (...args: readonly string[]): Promise<unknown> =>
      JSON.parse((await run('aws', ...args, '--output', 'json')) || 'null');
    const left = async (): Promise<Readonly<Record<string, unknown>>> => ({
      stacks: await aws(
        'cloudformation',
        'list-stacks',
        '--query',
        "StackSummaries[?StackStatus!='DELETE_COMPLETE'].StackName",
      ),
      functions: await aws('lambda', 'list-functions', '--query', 'Functions[].FunctionName'),
      roles: await aws('iam', 'list-roles', '--query', "Roles[?contains(RoleName,'heapless')].RoleName"),
      buckets: await aws('s3api', 'list-buckets', '--query', 'Buckets[].Name'),
      logs: await aws('logs', 'describe-log-groups', '--query', 'logGroups[].logGroupName'),
      schedules: await aws('scheduler', 'list-schedules', '--query', 'Schedules[].Name'),
      dashboards: await aws('cloudwatch', 'list-dashboards', '--query', 'DashboardEntries[].DashboardName'),
      secrets: await aws('secretsmanager', 'list-secrets', '--query', 'SecretList[].Name'),
    });
    const said = ['--stage', 'gone', '--region', 'us-east-1', '--param', 'stateBucket=heapless-gone-state'];
    await aws('secretsmanager', 'create-secret', '--name', 'heapless/gone/kubeconfig', '--secret-string', 'x');
    await run('osls', 'deploy', ...said);
    const claim = { version: 1, cluster: 'prod', timestamp: Date.now(), holder: 'h', nonce: 'n', leaseUntil: 0 };
    const body = join(folder, 'claim');
    await writeFile(body, JSON.stringify({ ...claim, released: true, outcome: 'whole' }));
    await run('aws', 's3', 'cp', body, 's3://heapless-gone-state/state/claim/prod');
    // moto makes no schedule of a stack's.
    const arn = 'arn:aws:lambda:us-east-1:123456789012:function:heapless-gone-tick';
    const target = {
      Arn: arn,
      RoleArn: 'arn:aws:iam::123456789012:role/x',
      Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}',
    };
    const schedule = ['--name', 'heapless-gone', '--schedule-expression', 'rate(1 minute)'];
    const flexible = ['--flexible-time-window', '{"Mode":"OFF"}', '--target', JSON.stringify(target)];
    await aws('scheduler', 'create-schedule', ...schedule, ...flexible);
    const deployed = await left();
    const checked = await check(env);

    await run('osls', 'remove', ...said);
    await run('aws', 'scheduler', 'delete-schedule', '--name', 'heapless-gone');
    await run('aws', 's3', 'rb', '--force', 's3://heapless-gone-state');
    await run(
      ...(['aws', 'secretsmanager', 'delete-secret', '--secret-id', 'heapless/gone/kubeconfig'] as const),
      '--force-delete-without-recovery',
    );

    // moto loses the outputs of a stack that is updated and a bucket's block of the public, and has no log of the functions.
    expect(checked.findings.filter(({ status }) => status !== 'ok').map(({ what }) => what)).toEqual([
      'stack',
      'bucket',
      'last report',
    ]);
    expect(checked.findings.find(({ what }) => what === 'last tick')?.sentence).toMatch(/^prod: .* s ago, whole$/);
    expect(checked.status).toBe(2);
    expect(deployed['functions']).toHaveLength(3);
    expect(deployed['dashboards']).toEqual(['heapless-gone']);
    const empty = Object.fromEntries(Object.keys(deployed).map((name) => [name, []]));
    expect(await left()).toEqual(empty);
  }, 240_000);
});
