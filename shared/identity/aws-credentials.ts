import type { SignatureV4 } from '@smithy/signature-v4';

type SignerSettings = ConstructorParameters<typeof SignatureV4>[0];

/** Keys of AWS, with their end if they have one. */
export type AwsIdentity = Extract<SignerSettings['credentials'], { readonly accessKeyId: string }>;

/** Gives credentials, and keeps them below their life. */
export type AwsCredentials = (options?: { readonly forceRefresh?: boolean }) => Promise<AwsIdentity>;
