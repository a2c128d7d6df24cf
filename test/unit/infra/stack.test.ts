// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as they are written
import { describe, expect, it } from 'vitest';
import { describeStack, environment, type StackInput } from '../../../infra/aws/stack.ts';
import { PARAM_NAMES, type StackParams } from '../../../infra/aws/stack-params.ts';
import { COLLECTORS } from '../../../infra/rbac/rbac-files.ts';

const PARAMS = Object.fromEntries(PARAM_NAMES.map((name) => [name, ''])) as unknown as StackParams;
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
    expect(stack.parts).toMatchObject({ metrics: 'nothing', dashboard: 'nothing' });
  });

  it('bounds the functions to the namespaces of the sinks', async () => {
    const sinks = 'cloudwatch:?namespace=One cloudwatch:?namespace=Two&levels=node';

    expect(await describeStack(withEnv({ HEAPLESS_SINK: sinks }))).toMatchObject({ metricNamespaces: ['One', 'Two'] });
  });

  it('gives no right to put metrics to a sink that writes them into the log, and still a dashboard', async () => {
    const stack = await describeStack(withEnv({ HEAPLESS_SINK: 'cloudwatch:?mode=emf' }));

    expect(stack.metricNamespaces).toEqual([]);
    expect(stack.parts).toMatchObject({ metrics: 'nothing', dashboard: 'dashboard' });
  });

  it('makes no alarm in a region that has no values', async () => {
    const stack = await describeStack(withEnv({ HEAPLESS_SINK: 'cloudwatch:?region=us-east-1' }));

    expect(stack.parts).toMatchObject({ metrics: 'metrics', dashboard: 'nothing' });
  });

  it('makes no alarm on completeness if that is not exported', async () => {
    const stack = await describeStack(withEnv({ HEAPLESS_SINK: 'cloudwatch:?metrics=cpu/usage_rate' }));

    expect(stack.parts).toMatchObject({ dashboard: 'dashboard' });
  });

  it("watches the worst cluster by the sink's own names", async () => {
    const { extras } = await describeStack(withEnv({ HEAPLESS_SINK: 'cloudwatch:?namespace=My/Clusters' }));

    expect(extras.Resources['HeaplessIncompleteAlarm']).toMatchObject({
      Properties: {
        Metrics: [{ Expression: 'SELECT MIN("collection/completeness") FROM SCHEMA("My/Clusters", "ClusterName")' }],
      },
    });
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

    await expect(describeStack({ ...INPUT, params })).rejects.toThrow(/needs securityGroupIds, or vpcId/);
  });

  it('make a security group and private endpoints where there are none', async () => {
    const params = {
      ...PARAMS,
      subnetIds: 'subnet-1,subnet-2',
      vpcId: 'vpc-1',
      routeTableIds: 'rtb-1',
      endpoints: 'monitoring, secretsmanager',
    };

    const { vpc, extras } = await describeStack({ ...INPUT, params });

    expect(vpc?.securityGroupIds).toEqual([{ 'Fn::GetAtt': ['FunctionsSecurityGroup', 'GroupId'] }]);
    expect(Object.keys(extras.Resources).filter((id) => /Group$|Endpoint$/.test(id))).toEqual([
      'FunctionsSecurityGroup',
      'StateEndpoint',
      'EndpointsSecurityGroup',
      'MonitoringEndpoint',
      'SecretsmanagerEndpoint',
    ]);
    expect(extras.Resources['FunctionsSecurityGroup']).not.toHaveProperty('Properties.SecurityGroupIngress');
  });

  it('read several clusters by a secret each', async () => {
    const { environment: variables, secretArns } = await describeStack({
      ...INPUT,
      params: { ...PARAMS, clusters: 'blue,green' },
    });

    expect(variables['HEAPLESS_SOURCE']).toBe(
      'kubernetes.summary_api:?inClusterConfig=false&auth=${secret:heapless/dev/blue/kubeconfig}&cluster_name=blue ' +
        'kubernetes.summary_api:?inClusterConfig=false&auth=${secret:heapless/dev/green/kubeconfig}&cluster_name=green',
    );
    expect(secretArns.length).toBe(2);
  });

  it('encrypt bucket, variables and logs by a key, which the roles may use', async () => {
    const kmsKey = 'arn:aws:kms:eu-west-1:123456789012:key/1';

    const { extras } = await describeStack({ ...INPUT, params: { ...PARAMS, kmsKey } });

    expect(Object.keys(extras.extensions).sort()).toEqual([
      'ReduceLambdaFunction',
      'ReduceLogGroup',
      'ScrapeLambdaFunction',
      'ScrapeLogGroup',
      'StateBucket',
      'TickLambdaFunction',
      'TickLogGroup',
    ]);
    expect(JSON.stringify(extras.Resources['KeyPolicy'])).toContain(`"Resource":"${kmsKey}"`);
  });

  it('keep runs for functions beside what else is put into them', async () => {
    const params = {
      ...PARAMS,
      kmsKey: 'arn:aws:kms:eu-west-1:123456789012:key/1',
      reservedConcurrency: 'tick=2,scrape=40',
    };

    const { extras } = await describeStack({ ...INPUT, params });

    expect(extras.extensions['ScrapeLambdaFunction']).toEqual({
      Properties: { ReservedConcurrentExecutions: 40, KmsKeyArn: params.kmsKey },
    });
    expect(extras.extensions['ReduceLambdaFunction']).toEqual({ Properties: { KmsKeyArn: params.kmsKey } });
  });

  it('watch the losses and the backlog of every sink by the reports, whatever it is', async () => {
    const { extras } = await describeStack(withEnv({ HEAPLESS_SINK: 'log: influxdb:http://x' }));
    const patterns = JSON.stringify(extras.Resources);

    expect(Object.keys(extras.Resources).filter((id) => id.endsWith('Alarm'))).toEqual([
      'NodesDownAlarm',
      'LostPointsAlarm',
      'WaitingPointsAlarm',
    ]);
    expect(patterns).toContain('($.report.sinks[1].dropped > 0)');
    expect(patterns).not.toContain('sinks[2]');
  });

  it('watch rows, which costs by the row, only if told to', async () => {
    const rows = { ...PARAMS, rowAlarms: 'true' };

    const usual = await describeStack(INPUT);
    const all = await describeStack({ ...INPUT, params: rows });

    expect(usual.extras.Resources).not.toHaveProperty('HeaplessNodeDownAlarm');
    expect(all.extras.Resources).toHaveProperty('HeaplessNodeDownAlarm');
  });

  it('have an alarm on the budget only with a budget', async () => {
    const env = { HEAPLESS_SINK: 'cloudwatch:?metrics=heapless/*' };
    const budget = { ...PARAMS, budgetPoints: '5000' };

    const without = await describeStack(withEnv(env));
    const withOne = await describeStack({ ...INPUT, env, params: budget });

    expect(without.extras.Resources).not.toHaveProperty('HeaplessBudgetExceededAlarm');
    expect(withOne.extras.Resources['HeaplessBudgetExceededAlarm']).toMatchObject({ Properties: { Threshold: 5000 } });
  });

  it.each([
    [{ clusters: 'a b' }, 'param clusters: has "a b"'],
    [{ subnetIds: 's', securityGroupIds: 'g', endpoints: 'monitoring' }, 'param vpcId: must name the VPC'],
    [{ securityGroupIds: 'g' }, 'param subnetIds: must name the subnets'],
    [{ kmsKey: 'alias/mine' }, 'param kmsKey: must be an ARN of kms'],
    [{ alarmTopic: 'ops' }, 'param alarmTopic: must be an ARN of sns'],
    [{ reservedConcurrency: 'tock=2' }, 'param reservedConcurrency: has "tock=2"; write tick=2'],
    [{ reservedConcurrency: 'tick=0' }, 'param reservedConcurrency: has "tick=0"'],
    [{ completeness: '2' }, 'param completeness: must be a number above 0 and up to 1'],
    [{ rowAlarms: 'yes' }, 'param rowAlarms: must be true or false'],
    [{ accessEntries: '1' }, 'param accessEntries: must be true or false'],
    [{ budgetPoints: 'many' }, 'param budgetPoints: must be a number above 0'],
  ])('are refused if they are %j', async (wrong, message) => {
    await expect(describeStack({ ...INPUT, params: { ...PARAMS, ...wrong } })).rejects.toThrow(message);
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

describe('clusters by their name in a cloud', () => {
  const rights = async (sources: string): Promise<unknown> => {
    const { extras } = await describeStack(withEnv({ HEAPLESS_SOURCE: sources }));
    const policy = extras.Resources['ClusterPolicy'] as
      | { readonly Properties: { readonly Roles: unknown; readonly PolicyDocument: { readonly Statement: unknown } } }
      | undefined;
    if (policy !== undefined) expect(policy.Properties.Roles).toEqual([{ Ref: 'TickRole' }, { Ref: 'ScrapeRole' }]);
    return policy?.Properties.PolicyDocument.Statement;
  };
  const role = 'arn:aws:iam::210987654321:role/reader';

  it('let the tick and the scrapers describe that EKS cluster and no other', async () => {
    expect(await rights('kubernetes.summary_api:eks://eu-west-1/prod')).toEqual([
      {
        Effect: 'Allow',
        Action: 'eks:DescribeCluster',
        Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:eks:eu-west-1:${AWS::AccountId}:cluster/prod' },
      },
    ]);
  });

  it('let them assume the role of another account instead', async () => {
    expect(await rights(`kubernetes.summary_api:eks://eu-west-1/prod?role_arn=${role}`)).toEqual([
      { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: role },
    ]);
  });

  it('let AWS vouch for them at Entra', async () => {
    const subscription = '00000000-0000-0000-0000-000000000001';
    const options = `identity=aws&tenant_id=t&client_id=${subscription}`;

    expect(await rights(`kubernetes.summary_api:aks://${subscription}/g/c?${options}`)).toMatchObject([
      { Action: 'sts:GetWebIdentityToken' },
    ]);
  });

  it('grant nothing for a kubeconfig, and no cluster but its own name', async () => {
    expect(await rights("kubernetes.summary_api:''?inClusterConfig=false&auth=/k")).toBeUndefined();
  });
});

describe('access entries', () => {
  const entries = async (source: string, given = 'true'): Promise<readonly (readonly [string, object])[]> => {
    const { extras } = await describeStack({
      ...INPUT,
      env: { HEAPLESS_SOURCE: source },
      params: { ...PARAMS, accessEntries: given },
    });
    return Object.entries(extras.Resources as Readonly<Record<string, { readonly Type: string }>>).filter(
      ([, { Type }]) => Type === 'AWS::EKS::AccessEntry',
    );
  };
  const PROD = 'kubernetes.summary_api:eks://eu-west-1/prod';

  it('let the two roles that talk to clusters in, each once a cluster, in the group that has the rights', async () => {
    const found = await entries(`${PROD} kubernetes.summary_api:eks://eu-west-1/blue ${PROD}?cluster_name=again`);

    expect(found.map(([name]) => name)).toEqual([
      'TickAccessEntry1',
      'ScrapeAccessEntry1',
      'TickAccessEntry2',
      'ScrapeAccessEntry2',
    ]);
    expect(found[1]?.[1]).toEqual({
      Type: 'AWS::EKS::AccessEntry',
      Properties: {
        ClusterName: 'prod',
        PrincipalArn: { 'Fn::GetAtt': ['ScrapeRole', 'Arn'] },
        KubernetesGroups: [COLLECTORS.name],
        Type: 'STANDARD',
      },
    });
  });

  it('are made only when asked', async () => {
    expect(await entries(PROD, '')).toEqual([]);
  });

  it('leave out clusters that are entered by another role', async () => {
    const role = `${PROD}?role_arn=arn:aws:iam::123456789012:role/x`;

    expect(await entries(`${role} kubernetes.summary_api:eks://eu-west-1/blue`)).toHaveLength(2);
  });

  it.each([
    [
      'kubernetes.summary_api:eks://us-east-1/prod',
      /aws eks create-access-entry --region us-east-1 --cluster-name prod/,
    ],
    ['kubernetes.summary_api:https://x?inClusterConfig=false&token=y', /no source names an EKS cluster/],
  ])('are a problem of %s', async (source, problem) => {
    await expect(entries(source)).rejects.toThrow(problem);
  });
});
