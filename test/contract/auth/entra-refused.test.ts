import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseUri } from '../../../shared/config/uri.ts';
import { createAuthorizer } from '../../../shared/sinks/auth/registry.ts';
import { startAppServiceIdentity } from '../../sim/token-servers.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('entra', () => {
  it('names the source, and the credential that failed, when the identity is refused', async () => {
    await using server = await startAppServiceIdentity('id-secret');
    vi.stubEnv('IDENTITY_ENDPOINT', `${server.url}/msi/token`);
    vi.stubEnv('IDENTITY_HEADER', 'wrong');
    vi.stubEnv('AZURE_TOKEN_CREDENTIALS', 'prod');
    const authorizer = await createAuthorizer({ auth: 'entra' }, parseUri('x:https://h', {}), 'sink x');
    const request = { method: 'POST', url: new URL('https://h'), headers: {}, body: Buffer.alloc(0) } as const;

    const asked = authorizer.authorize(request, AbortSignal.timeout(5_000));

    await expect(asked).rejects.toMatchObject({
      message: expect.stringMatching(
        /^no credentials from Microsoft Entra ID \(the default credential\): .*ManagedIdentityCredential: Authentication failed/,
      ),
      code: 'sink_credentials',
      retryable: false,
    });
  });
});
