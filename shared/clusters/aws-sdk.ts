/** What is used of AWS for clusters. Loaded by the registry only, as a chunk of its own. */
export { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
export {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
export { defaultProvider } from '@aws-sdk/credential-provider-node';
export { SignatureV4 } from '@smithy/signature-v4';
