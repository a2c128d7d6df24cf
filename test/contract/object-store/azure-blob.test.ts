import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseUri } from '../../../shared/config/uri.ts';
import type { ObjectStore } from '../../../shared/state/object-store.ts';
import { openStore } from '../../../shared/state/registry.ts';
import { AZURITE_ACCOUNT, AZURITE_KEY, type Azurite, startAzurite } from '../../support/azurite.ts';
import { describeObjectStore } from './object-store-contract.ts';

const live = new AbortController().signal;

describe('azblob: at Azurite', () => {
  let azurite: Azurite;
  let prefixes = 0;

  beforeAll(async () => {
    azurite = await startAzurite();
    const credential = new StorageSharedKeyCredential(AZURITE_ACCOUNT, AZURITE_KEY);
    await new BlobServiceClient(azurite.endpoint, credential).createContainer('state');
  }, 40_000);

  afterAll(async () => {
    await azurite?.stop();
  });

  function open(place: string, key = AZURITE_KEY): Promise<ObjectStore> {
    const query = new URLSearchParams({ endpoint: azurite.endpoint, account_key: key });
    return openStore(parseUri(`azblob://${AZURITE_ACCOUNT}/${place}?${query}`, {}));
  }

  describeObjectStore('azblob:', {
    open: () => open(`state/heapless/${++prefixes}`),
    openAgain: () => open(`state/heapless/${prefixes}`),
    versionsAreHashes: false,
  });

  it('keeps to its prefix, also without one', async () => {
    const inside = await open('state/team/a');
    await inside.put('claim/prod', Buffer.from('x'), { if: 'any' }, live);

    expect(await inside.list('', live)).toEqual(['claim/prod']);
    expect(await (await open('state')).list('team/', live)).toEqual(['team/a/claim/prod']);
  });

  it('says that a container is missing, with what to do', async () => {
    const store = await open('no-such-container');

    const failing = store.put('k', Buffer.from('x'), { if: 'absent' }, live);

    await expect(failing).rejects.toMatchObject({ code: 'state_unavailable', retryable: false });
    await expect(failing).rejects.toThrow(/ContainerNotFound.*create the container/);
    await expect(store.get('k', live)).rejects.toThrow(/ContainerNotFound/);
  });

  it('says that a key is refused, and does not show it', async () => {
    const store = await open('state', Buffer.from('another key').toString('base64'));

    const failing = store.get('k', live);

    await expect(failing).rejects.toMatchObject({ code: 'state_forbidden', retryable: false });
    await expect(failing).rejects.not.toThrow(/YW5vdGhlciBrZXk/);
    expect(store.shown).not.toContain('YW5vdGhlciBrZXk');
  });

  it('says that nobody answers, as something that may pass', async () => {
    const query = new URLSearchParams({ endpoint: 'http://127.0.0.1:1/x', account_key: AZURITE_KEY });
    const store = await openStore(parseUri(`azblob://${AZURITE_ACCOUNT}/state?${query}`, {}));

    await expect(store.get('k', live)).rejects.toMatchObject({ code: 'state_unavailable', retryable: true });
  });
});
