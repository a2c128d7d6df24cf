import { vi } from 'vitest';

const CLOUDS = /^(AWS_|AZURE_|GOOGLE_|GCE_|GCLOUD|METADATA_|IDENTITY_|MSI_|CLOUDSDK_|gcloud)/;

/** Hides every login that this machine may have, and sets these variables. `vi.unstubAllEnvs()` undoes it. */
export function stubCloudEnv(variables: Readonly<Record<string, string>> = {}): void {
  for (const name of Object.keys(process.env)) if (CLOUDS.test(name)) vi.stubEnv(name, undefined);
  for (const name of ['HOME', 'CLOUDSDK_CONFIG']) vi.stubEnv(name, '/nonexistent');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}
