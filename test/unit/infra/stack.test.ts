// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as they are written
import { describe, expect, it } from 'vitest';
import { describeStack, environment, type StackInput } from '../../../infra/aws/stack.ts';

const PARAMS: StackInput['params'] = { stateBucket: '', subnetIds: '', securityGroupIds: '', alarmTopic: '' };
const INPUT: StackInput = { service: 'heapless', stage: 'dev', region: 'eu-west-1', env: {}, params: PARAMS };

function withEnv(env: Readonly<Record<string, string>>): StackInput {
  return { ...INPUT, env };
}

describe('the stack without any configuration', () => {
  it("collects by the stage's kubeconfig secret and exports to CloudWatch", async () => {
    const stack = await describeStack(INPUT);

    expect(stack.environment).toEqual({
      HEAPLESS_SOURCE: 'kubernetes.summary_api:?inClusterConfig=false&auth=${secret:heapless/dev/kubeconfig}',
      HEAPLESS_SINK: 'cloudwatch:',
      HEAPLESS_STATE: { 'Fn::Sub': 's3://heapless-dev-state-${AWS::AccountId}-${AWS::Region}/state' },
    });
    expect(stack.metricNamespaces).toEqual(['Heapless']);
    expect(stack.parts).toEqual({
      secrets: 'secrets',
      'sink-secrets': 'nothing',
      metrics: 'metrics',
      dashboard: 'dashboard',
      completeness: 'completeness',
    });
  });

  it('lets the functions read that secret and no other', async () => {
    const { secretArns } = await describeStack(INPUT);

    expect(secretArns).toEqual([
      {
        'Fn::Sub':
          'arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:heapless/dev/kubeconfig-??????',
      },
    ]);
  });

  it('needs no VPC, no managed policy and no topic', async () => {
    expect(await describeStack(INPUT)).toMatchObject({ vpc: null, managedPolicies: [], alarmActions: [] });
  });
});

describe('the configuration', () => {
  it('hands every HEAPLESS variable and what it refers to over to the functions, and nothing else', async () => {
    const env = {
      HEAPLESS_CLUSTER_NAME: 'prod',
      HEAPLESS_SINK: 'cloudwatch:?cluster_name=$CLUSTER',
      CLUSTER: 'blue',
      PATH: '/bin',
      HEAPLESS_GROUP_BY: '',
    };

    const stack = await describeStack(withEnv(env));

    expect(stack.environment).toMatchObject({ HEAPLESS_CLUSTER_NAME: 'prod', CLUSTER: 'blue' });
    expect(Object.keys(stack.environment)).not.toContain('PATH');
    expect(Object.keys(stack.environment)).not.toContain('HEAPLESS_GROUP_BY');
  });

  it.each([
    ['an unknown variable', { HEAPLESS_SINKS: 'log:' }, /HEAPLESS_SINKS: .*did you mean "HEAPLESS_SINK"/],
    ['an unknown sink', { HEAPLESS_SINK: 'cloudwach:' }, /cloudwach/],
    ['an unknown option of a sink', { HEAPLESS_SINK: 'log:?colour=red' }, /unknown option "colour"/],
    [
      'an unknown option of a source',
      { HEAPLESS_SOURCE: "kubernetes.summary_api:''?autth=x" },
      /unknown option "autth"/,
    ],
    ['what the stack sets itself', { HEAPLESS_STATE: 'memory:' }, /HEAPLESS_STATE: is set by the stack itself/],
  ])('stops the deployment for %s', async (_, env, message) => {
    await expect(describeStack(withEnv(env))).rejects.toThrow(message);
  });

  it('grants a secret by its ARN as it is', async () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod-kubeconfig-AbCdEf';
    const source = `kubernetes.summary_api:?inClusterConfig=false&auth=\${secret:${arn}}`;

    const { secretArns } = await describeStack(withEnv({ HEAPLESS_SOURCE: source }));

    expect(secretArns).toEqual([arn]);
  });

  it('asks for no CloudWatch rights, alarm or dashboard without that sink', async () => {
    const stack = await describeStack(withEnv({ HEAPLESS_SINK: 'log:' }));

    expect(stack.metricNamespaces).toEqual([]);
    expect(stack.parts).toMatchObject({ metrics: 'nothing', dashboard: 'nothing', completeness: 'nothing' });
  });

  it('bounds the functions to the namespaces of the sinks', async () => {
    const sinks = 'cloudwatch:?namespace=One cloudwatch:?namespace=Two&levels=node';

    expect(await describeStack(withEnv({ HEAPLESS_SINK: sinks }))).toMatchObject({ metricNamespaces: ['One', 'Two'] });
  });

  it('makes no alarm in a region that has no values', async () => {
    const stack = await describeStack(withEnv({ HEAPLESS_SINK: 'cloudwatch:?region=us-east-1' }));

    expect(stack.parts).toMatchObject({ metrics: 'metrics', dashboard: 'nothing', completeness: 'nothing' });
  });

  it('makes no alarm on completeness if that is not exported', async () => {
    const stack = await describeStack(withEnv({ HEAPLESS_SINK: 'cloudwatch:?metrics=cpu/usage_rate' }));

    expect(stack.parts).toMatchObject({ dashboard: 'dashboard', completeness: 'nothing' });
  });

  it("watches the worst cluster by the sink's own names", async () => {
    const { completenessQuery } = await describeStack(withEnv({ HEAPLESS_SINK: 'cloudwatch:?namespace=My/Clusters' }));

    expect(completenessQuery).toBe('SELECT MIN("collection/completeness") FROM SCHEMA("My/Clusters", "ClusterName")');
  });
});

describe('the parameters', () => {
  it('put the functions into a VPC, with the right to it', async () => {
    const params = { ...PARAMS, subnetIds: 'subnet-1, subnet-2', securityGroupIds: 'sg-1' };

    const { vpc, managedPolicies } = await describeStack({ ...INPUT, params });

    expect(vpc).toEqual({ subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] });
    expect(JSON.stringify(managedPolicies)).toContain('AWSLambdaVPCAccessExecutionRole');
  });

  it('refuse half a VPC', async () => {
    const params = { ...PARAMS, subnetIds: 'subnet-1' };

    await expect(describeStack({ ...INPUT, params })).rejects.toThrow(/needs both subnetIds and securityGroupIds/);
  });

  it('name a bucket of their own and a topic for alarms', async () => {
    const params = { ...PARAMS, stateBucket: 'mine', alarmTopic: 'arn:aws:sns:eu-west-1:123456789012:ops' };

    const stack = await describeStack({ ...INPUT, params });

    expect(stack.environment['HEAPLESS_STATE']).toBe('s3://mine/state');
    expect(stack.alarmActions).toEqual([params.alarmTopic]);
  });
});

describe("the framework's view", () => {
  it('escapes references, which the framework would take for its own', async () => {
    const values: Record<string, string> = {
      'sls:stage': 'dev',
      'self:service': 'heapless',
      'self:provider.region': 'eu-west-1',
    };

    const variables = await environment({ resolveVariable: async (name) => values[name] ?? '' });

    expect(JSON.stringify(variables['HEAPLESS_SOURCE'])).toMatch(/auth=\\\\\$\{secret:/);
  });
});
