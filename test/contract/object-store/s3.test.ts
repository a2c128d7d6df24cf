import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseUri } from '../../../shared/config/uri.ts';
import type { ObjectStore } from '../../../shared/state/object-store.ts';
import { openStore } from '../../../shared/state/registry.ts';
import { createS3Store } from '../../../shared/state/s3.ts';
import * as sdk from '../../../shared/state/s3-sdk.ts';
import { MOTO_SERVER, type Moto, startMoto } from '../../support/state-moto.ts';
import { describeObjectStore } from './object-store-contract.ts';

const live = new AbortController().signal;

it.skipIf(MOTO_SERVER !== undefined)('s3: is not tested here, because moto_server is not on PATH', () => {
  expect(MOTO_SERVER).toBeUndefined();
});

describe.skipIf(MOTO_SERVER === undefined)('s3: at moto_server', () => {
  let moto: Moto;
  let prefixes = 0;

  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    moto = await startMoto();
    const client = new sdk.S3Client({ endpoint: moto.endpoint, region: 'us-east-1', forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: 'state' }));
    client.destroy();
  }, 30_000);

  afterAll(async () => {
    await moto?.stop();
    vi.unstubAllEnvs();
  });

  function open(place: string, more = ''): Promise<ObjectStore> {
    const endpoint = encodeURIComponent(moto.endpoint);
    return openStore(parseUri(`s3://${place}?endpoint=${endpoint}&region=us-east-1${more}`, {}));
  }

  describeObjectStore('s3:', {
    open: () => open(`state/heapless/${++prefixes}`),
    openAgain: () => open(`state/heapless/${prefixes}`),
    versionsAreHashes: true,
  });

  it('keeps to its prefix, also without one', async () => {
    const inside = await open('state/team/a');
    const outside = await open('state');
    await inside.put('claim/prod', Buffer.from('x'), { if: 'any' }, live);

    expect(await inside.list('', live)).toEqual(['claim/prod']);
    expect(await outside.list('team/', live)).toEqual(['team/a/claim/prod']);
  });

  it('lists more keys than fit one page', async () => {
    const client = new sdk.S3Client({ endpoint: moto.endpoint, region: 'us-east-1', forcePathStyle: true });
    const keys = Array.from({ length: 1_050 }, (_, n) => `many/${String(n).padStart(4, '0')}`);
    const store = createS3Store({ client, sdk, bucket: 'state', prefix: 'pages/', shown: 's3://state/pages' });
    for (let n = 0; n < keys.length; n += 50) {
      await Promise.all(keys.slice(n, n + 50).map((key) => store.put(key, Buffer.from('x'), { if: 'any' }, live)));
    }

    expect(await store.list('many/', live)).toEqual(keys);
    await store.close();
  });

  it('says that a bucket is missing, with what to do', async () => {
    const store = await open('no-such-bucket');

    const failing = store.put('k', Buffer.from('x'), { if: 'absent' }, live);

    await expect(failing).rejects.toMatchObject({ code: 'state_unavailable', retryable: false });
    await expect(failing).rejects.toThrow(/NoSuchBucket.*create the bucket/);
    await expect(store.get('k', live)).rejects.toThrow(/NoSuchBucket/);
    await store.close();
  });

  it('says that nobody answers, as something that may pass', async () => {
    const store = await openStore(parseUri('s3://state?endpoint=http%3A%2F%2F127.0.0.1%3A1&region=us-east-1', {}));

    await expect(store.get('k', live)).rejects.toMatchObject({ code: 'state_unavailable', retryable: true });
    await store.close();
  });
});
