import type { TokenCredential } from '@azure/identity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSecret } from '../../../../functions/azure/secrets.ts';
import { type AzureCloud, startAzureCloud } from '../../../sim/azure-cloud.ts';
import { trustAuthority } from '../../../support/trust-authority.ts';

const READER = { clientId: 'reader', objectId: 'reader-object' };
const VISITOR = { clientId: 'visitor', objectId: 'visitor-object' };
const VALUE = 'very-secret-value';

let cloud: AzureCloud;

beforeAll(async () => {
  cloud = await startAzureCloud({
    identities: [READER, VISITOR],
    audiences: [],
    secrets: { kubeconfig: VALUE },
    secretReaders: [READER.clientId],
  });
  trustAuthority(cloud.certificate.ca);
});

afterAll(async () => {
  await cloud?.[Symbol.asyncDispose]();
});

/** An identity that gives tokens for the scope it is asked for, as Entra does. */
function identityOf(appid: string): () => Promise<TokenCredential> {
  return async () => ({
    getToken: async (scope) => ({
      token: await cloud.token({ aud: String(scope).replace(/\/\.default$/, ''), appid }),
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  });
}

async function read(name: string, appid = READER.clientId, url = cloud.url): Promise<string> {
  return await readSecret(name, { url: new URL(url), credential: identityOf(appid) });
}

describe('a secret of Key Vault', () => {
  it('is read with a token for Key Vault', async () => {
    expect(await read('kubeconfig')).toBe(VALUE);
  });

  it('is missing, and the message has the command that makes it', async () => {
    await expect(read('other')).rejects.toMatchObject({
      code: 'secret_missing',
      message: expect.stringContaining('az keyvault secret set --vault-name'),
    });
  });

  it('is refused without the role, and the message names the role and no value', async () => {
    const refused = await read('kubeconfig', VISITOR.clientId).catch((error: unknown) => error);

    expect(refused).toMatchObject({
      code: 'secret_refused',
      message: expect.stringMatching(/HTTP 403 Forbidden .*Key Vault Secrets User/),
    });
    expect(String(refused)).not.toContain(VALUE);
  });

  it.each(['../keys/x', 'a/b', 'name?x=1', ''])('cannot have the name %j', async (name) => {
    await expect(read(name)).rejects.toMatchObject({
      code: 'secret_missing',
      message: expect.stringMatching(/letters/),
    });
  });

  it('says who does not answer', async () => {
    await expect(read('kubeconfig', READER.clientId, 'https://127.0.0.1:1/')).rejects.toMatchObject({
      code: 'secret_refused',
      message: expect.stringMatching(/^Key Vault 127.0.0.1:1: fetch failed: .*(ECONNREFUSED|bad port)/),
    });
  });

  it('says that there is no identity', async () => {
    const credential = async (): Promise<TokenCredential> => ({
      getToken: async () => {
        throw new Error('ManagedIdentityCredential: no managed identity endpoint');
      },
    });

    await expect(readSecret('kubeconfig', { url: new URL(cloud.url), credential })).rejects.toMatchObject({
      code: 'secret_refused',
      message: expect.stringContaining('no managed identity endpoint'),
    });
  });
});
