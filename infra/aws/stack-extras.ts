import type { StackSettings } from './stack-params.ts';

/** Resources of CloudFormation, and properties that are put into those of the framework. */
export interface StackExtras {
  readonly Resources: Readonly<Record<string, object>>;
  readonly extensions: Readonly<Record<string, { readonly Properties: object }>>;
}

const GROUP = 'FunctionsSecurityGroup';
const ROLES = ['TickRole', 'ScrapeRole', 'ReduceRole'];
const HTTPS = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };

/** Everything that parameters ask for beyond the usual stack: network, keys, reserved concurrency. */
export function stackExtras({ network, kmsKey, reserved }: StackSettings): StackExtras {
  const concurrency = Object.entries(reserved).map(([name, count]) => [
    `${capitalized(name)}LambdaFunction`,
    { ReservedConcurrentExecutions: count },
  ]);
  const keyed = kmsKey === undefined ? [] : keyProperties(kmsKey);
  return {
    Resources: { ...networkResources(network), ...(kmsKey === undefined ? {} : { KeyPolicy: keyPolicy(kmsKey) }) },
    extensions: merged([...concurrency, ...keyed] as readonly (readonly [string, object])[]),
  };
}

/** Ids of the functions' security groups: those given, else the stack's own. */
export function securityGroups(network: NonNullable<StackSettings['network']>): readonly (string | object)[] {
  return network.securityGroupIds.length > 0 ? network.securityGroupIds : [{ 'Fn::GetAtt': [GROUP, 'GroupId'] }];
}

/**
 * A security group that lets nothing in and the functions out, and endpoints by which they reach AWS without the internet: S3
 * by the route tables, other services by interfaces that only the functions may use.
 */
function networkResources(network: StackSettings['network']): Readonly<Record<string, object>> {
  if (network === undefined) return {};
  const { vpcId, subnetIds, routeTableIds, endpoints } = network;
  const own = network.securityGroupIds.length === 0;
  const resources: Record<string, object> = {};
  if (own) {
    resources[GROUP] = {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'Functions of Heapless: nothing comes in',
        VpcId: vpcId,
        SecurityGroupEgress: [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0', Description: 'API servers and backends' }],
      },
    };
  }
  if (routeTableIds.length > 0) {
    resources['StateEndpoint'] = {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        VpcEndpointType: 'Gateway',
        VpcId: vpcId,
        ServiceName: { 'Fn::Sub': `com.amazonaws.\${AWS::Region}.s3` },
        RouteTableIds: routeTableIds,
      },
    };
  }
  if (endpoints.length === 0) return resources;
  const allowed = securityGroups(network).map((group) => ({ ...HTTPS, SourceSecurityGroupId: group }));
  resources['EndpointsSecurityGroup'] = {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      GroupDescription: 'Endpoints of Heapless: HTTPS from its functions',
      VpcId: vpcId,
      SecurityGroupIngress: allowed,
    },
  };
  for (const service of endpoints) {
    resources[
      `${service
        .split(/[^a-z0-9]+/)
        .map(capitalized)
        .join('')}Endpoint`
    ] = {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        VpcEndpointType: 'Interface',
        VpcId: vpcId,
        ServiceName: { 'Fn::Sub': `com.amazonaws.\${AWS::Region}.${service}` },
        SubnetIds: subnetIds,
        SecurityGroupIds: [{ 'Fn::GetAtt': ['EndpointsSecurityGroup', 'GroupId'] }],
        PrivateDnsEnabled: true,
      },
    };
  }
  return resources;
}

/** The key on the bucket, the functions' variables and their logs. Its own policy must let CloudWatch Logs use it. */
function keyProperties(key: string): readonly (readonly [string, object])[] {
  const functions = ['Tick', 'Scrape', 'Reduce'];
  const rule = {
    ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key },
    BucketKeyEnabled: true,
  };
  return [
    ['StateBucket', { BucketEncryption: { ServerSideEncryptionConfiguration: [rule] } }],
    ...functions.map((name) => [`${name}LambdaFunction`, { KmsKeyArn: key }] as const),
    ...functions.map((name) => [`${name}LogGroup`, { KmsKeyId: key }] as const),
  ];
}

function keyPolicy(key: string): object {
  return {
    Type: 'AWS::IAM::Policy',
    Properties: {
      PolicyName: 'key',
      Roles: ROLES.map((Ref) => ({ Ref })),
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: key }],
      },
    },
  };
}

function merged(parts: readonly (readonly [name: string, properties: object])[]): StackExtras['extensions'] {
  const extensions: Record<string, { Properties: object }> = {};
  for (const [name, properties] of parts) {
    extensions[name] = { Properties: { ...extensions[name]?.Properties, ...properties } };
  }
  return extensions;
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
