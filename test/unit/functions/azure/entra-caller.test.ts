import { createServer } from 'node:http';
import { UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEntraVerifier } from '../../../../functions/azure/entra-caller.ts';
import type { VerifyCaller } from '../../../../functions/http/answer-call.ts';
import { type AzureCloud, startAzureCloud, TENANT } from '../../../sim/azure-cloud.ts';
import { trustAuthority } from '../../../support/trust-authority.ts';

const AUDIENCE = 'api://aaaaaaaa-1111-4111-8111-111111111111';
const US = { clientId: 'cccccccc-0000-4000-8000-000000000001', objectId: 'dddddddd-0000-4000-8000-000000000001' };
const OTHER_TENANT = '99999999-2222-4333-8444-555555555555';

let cloud: AzureCloud;
let verify: VerifyCaller;

beforeAll(async () => {
  cloud = await startAzureCloud({ identities: [US], audiences: [AUDIENCE] });
  trustAuthority(cloud.certificate.ca);
  const settings = { tenant: TENANT, audience: AUDIENCE, callers: [US.objectId], authority: new URL(cloud.url) };
  verify = createEntraVerifier(settings);
});

afterAll(async () => {
  await cloud?.[Symbol.asyncDispose]();
});

describe('a caller', () => {
  it('is let in with a token of its identity', async () => {
    expect(await verify(`Bearer ${await cloud.token()}`)).toBe(US.objectId);
  });

  it('is let in with a token of version 2.0, which names the client id as the audience', async () => {
    const claims = { iss: `${cloud.url}${TENANT}/v2.0`, aud: AUDIENCE.slice('api://'.length), ver: '2.0' };

    expect(await verify(`Bearer ${await cloud.token(claims)}`)).toBe(US.objectId);
  });

  it('is known by its client id as well', async () => {
    const settings = { tenant: TENANT, audience: AUDIENCE, callers: [US.clientId], authority: new URL(cloud.url) };

    expect(await createEntraVerifier(settings)(`Bearer ${await cloud.token()}`)).toBe(US.clientId);
  });

  it('costs one request for the keys of the directory, however often it calls', async () => {
    const settings = { tenant: TENANT, audience: AUDIENCE, callers: [US.objectId], authority: new URL(cloud.url) };
    const fresh = createEntraVerifier(settings);
    const before = cloud.log.length;

    for (let calls = 0; calls < 3; calls++) await fresh(`Bearer ${await cloud.token()}`);

    expect(cloud.log.slice(before)).toEqual([`GET /${TENANT}/discovery/v2.0/keys 200`]);
  });

  it('is refused as a stranger of the same directory', async () => {
    const token = await cloud.token({ oid: 'eeeeeeee-0000-4000-8000-000000000009', appid: 'x' });

    await expect(verify(`Bearer ${token}`)).rejects.toMatchObject({
      code: 'caller_forbidden',
      message: expect.stringContaining('eeeeeeee-0000-4000-8000-000000000009 may not call this function'),
    });
  });

  it.each([
    ['nothing', undefined, 'no bearer token is shown'],
    ['a function key in its place', 'master', 'no bearer token is shown'],
    ['a password', 'Basic dXNlcjpwdw==', 'no bearer token is shown'],
    ['a token without end', `Bearer ${'a'.repeat(20_000)}`, 'no bearer token is shown'],
    ['what is no token', 'Bearer abc', 'Invalid Compact JWS'],
  ])('is refused with %s', async (_, authorization, why) => {
    await expect(verify(authorization)).rejects.toMatchObject({
      code: 'caller_unknown',
      message: expect.stringContaining(why),
    });
  });

  it.each([
    ['for another audience', { aud: 'https://management.azure.com' }, {}, '"aud"'],
    ['of another issuer', { iss: `https://sts.windows.net/${OTHER_TENANT}/` }, {}, '"iss"'],
    ['of another directory', { tid: OTHER_TENANT }, {}, 'another directory'],
    ['that has ended', {}, { expiresIn: -3_600 }, '"exp"'],
    ['that never ends', { exp: undefined }, {}, '"exp"'],
    ['that is not valid yet', { nbf: Math.floor(Date.now() / 1_000) + 7_200 }, {}, '"nbf"'],
    ['of no directory', { tid: undefined }, {}, '"tid"'],
    ['signed by another key', {}, { stranger: true }, 'signature verification failed'],
  ] as const)('is refused with a token %s', async (_, claims, options, why) => {
    const token = await cloud.token(claims as Record<string, unknown>, options);

    await expect(verify(`Bearer ${token}`)).rejects.toMatchObject({
      code: 'caller_unknown',
      message: expect.stringContaining(why),
    });
  });

  it('is refused with a token that nobody signed', async () => {
    const claims = { iss: `https://sts.windows.net/${TENANT}/`, aud: AUDIENCE, tid: TENANT, oid: US.objectId };
    const token = new UnsecuredJWT(claims).setIssuedAt().setExpirationTime('1h').encode();

    await expect(verify(`Bearer ${token}`)).rejects.toMatchObject({ code: 'caller_unknown' });
  });

  it('is refused if the keys of the directory cannot be read', async () => {
    const silent = createServer((_, response) => response.writeHead(503).end()).listen(0, '127.0.0.1');
    try {
      const { port } = await new Promise<{ port: number }>((resolve) =>
        silent.once('listening', () => resolve(silent.address() as { port: number })),
      );
      const authority = new URL(`http://127.0.0.1:${port}`);
      const broken = createEntraVerifier({ tenant: TENANT, audience: AUDIENCE, callers: [US.objectId], authority });

      await expect(broken(`Bearer ${await cloud.token()}`)).rejects.toMatchObject({
        code: 'caller_unknown',
        message: expect.stringContaining('Expected 200 OK'),
      });
    } finally {
      silent.close();
    }
  });
});
