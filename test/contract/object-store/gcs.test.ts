import { OAuth2Client } from 'google-auth-library';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseUri } from '../../../shared/config/uri.ts';
import { createGcsStore } from '../../../shared/state/gcs.ts';
import type { ObjectStore } from '../../../shared/state/object-store.ts';
import { openStore } from '../../../shared/state/registry.ts';
import { type GcsServer, startGcsServer } from '../../sim/gcs-server.ts';
import { describeObjectStore } from './object-store-contract.ts';

const live = new AbortController().signal;

describe('gs: at a strict server', () => {
  let server: GcsServer;
  let prefixes = 0;

  beforeAll(async () => {
    server = await startGcsServer('state', undefined);
  });

  afterAll(async () => {
    await server.stop();
  });

  function open(place: string): Promise<ObjectStore> {
    const query = new URLSearchParams({ endpoint: server.endpoint, anonymous: 'true' });
    return openStore(parseUri(`gs://${place}?${query}`, {}));
  }

  describeObjectStore('gs:', {
    open: () => open(`state/heapless/${++prefixes}`),
    openAgain: () => open(`state/heapless/${prefixes}`),
    versionsAreHashes: false,
  });

  it('lists more keys than fit one page', async () => {
    const store = await open('state/pages');
    const keys = Array.from({ length: 250 }, (_, n) => `many/${String(n).padStart(4, '0')}`);
    await Promise.all(keys.map((key) => store.put(key, Buffer.from('x'), { if: 'any' }, live)));

    expect(await store.list('many/', live)).toEqual(keys);
  });

  it('says that a bucket is missing, with what to do', async () => {
    const store = await open('no-such-bucket');

    const failing = store.put('k', Buffer.from('x'), { if: 'absent' }, live);

    await expect(failing).rejects.toMatchObject({ code: 'state_unavailable', retryable: false });
    await expect(failing).rejects.toThrow(/bucket does not exist.*create the bucket/);
    await expect(store.get('k', live)).rejects.toThrow(/create the bucket/);
  });

  it('asks again after a 503, and gives up after three', async () => {
    const store = await open('state/faults');
    server.fail(503);
    expect((await store.put('k', Buffer.from('x'), { if: 'absent' }, live)).status).toBe('stored');

    server.fail(503, 503, 503);
    await expect(store.get('k', live)).rejects.toMatchObject({ code: 'state_unavailable', retryable: true });
  });

  it('knows its own write again when the answer was lost', async () => {
    const store = await open('state/lost');
    server.fail('lost');
    const own = await store.put('k', Buffer.from('mine'), { if: 'absent' }, live);

    server.fail(503);
    const refused = await store.put('k', Buffer.from('other'), { if: 'absent' }, live);

    expect([own.status, refused.status]).toEqual(['stored', 'conflict']);
    expect((await store.get('k', live))?.body.toString()).toBe('mine');
  });

  it('says that nobody answers, as something that may pass', async () => {
    const store = await openStore(parseUri('gs://state?anonymous=true&endpoint=http%3A%2F%2F127.0.0.1%3A1', {}));

    await expect(store.get('k', live)).rejects.toMatchObject({ code: 'state_unavailable', retryable: true });
  });
});

describe('gs: with credentials', () => {
  it('sends the token of its client, and says what is missing if that is refused', async () => {
    const server = await startGcsServer('state', 'good-token');
    const open = (token: string): ObjectStore => {
      const client = new OAuth2Client();
      client.setCredentials({ access_token: token, expiry_date: Date.now() + 3_600_000 });
      return createGcsStore({ client, base: server.endpoint, bucket: 'state', prefix: '', shown: 'gs://state' });
    };

    const stored = await open('good-token').put('k', Buffer.from('x'), { if: 'absent' }, live);
    const failing = open('bad-token').get('k', live);

    expect(stored.status).toBe('stored');
    await expect(failing).rejects.toMatchObject({ code: 'state_forbidden', retryable: false });
    await expect(failing).rejects.toThrow(/roles\/storage\.objectUser/);
    await expect(failing).rejects.not.toThrow(/bad-token/);
    await server.stop();
  });
});

describe('gs: from a function without a service account', () => {
  it('takes the 404 of the metadata server for no absent object', async () => {
    const refused = Object.assign(
      new Error('A Not Found error was returned while attempting to retrieve an access token'),
      {
        response: { status: 404 },
      },
    );
    const store = createGcsStore({
      client: { request: () => Promise.reject(refused) },
      base: 'http://gcs',
      bucket: 'state',
      prefix: '',
      shown: 'gs://state',
    });

    await expect(store.get('k', live)).rejects.toMatchObject({
      code: 'state_forbidden',
      retryable: false,
      message: expect.stringContaining('give the function a service account'),
    });
  });
});
