/** Words for the SDK's marks of where credentials come from (`AwsIdentity.$source`). */
const SOURCES: readonly (readonly [mark: RegExp, words: string])[] = [
  [/ENV_VARS_STS_WEB_ID_TOKEN|STS_ASSUME_ROLE_WEB_ID/, 'the web identity token file (AWS_WEB_IDENTITY_TOKEN_FILE)'],
  [/CREDENTIALS_STS_ASSUME_ROLE/, 'an assumed role'],
  [/CREDENTIALS_ENV_VARS/, 'the environment (AWS_ACCESS_KEY_ID)'],
  [/CREDENTIALS_PROFILE/, 'the shared profile (AWS_PROFILE)'],
  [/CREDENTIALS_SSO/, 'single sign-on'],
  [/CREDENTIALS_HTTP/, 'the container role (AWS_CONTAINER_CREDENTIALS_*)'],
  [/CREDENTIALS_IMDS/, 'the instance role (metadata service)'],
  [/CREDENTIALS_PROCESS/, 'the credential process of the profile'],
];

/** Where credentials come from, in words and without any part of them. */
export function describeCredentialSource(marks: Readonly<Record<string, unknown>> | undefined): string {
  const names = Object.keys(marks ?? {}).join(' ');
  const found = SOURCES.find(([mark]) => mark.test(names));
  return found === undefined ? 'the default AWS credential chain' : found[1];
}
