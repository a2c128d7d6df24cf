import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseUri } from '../../../shared/config/uri.ts';
import { ConfigError } from '../../../shared/core/errors.ts';
import { openStore } from '../../../shared/state/registry.ts';
import { createStateFolder } from '../../support/state-folder.ts';

const live = new AbortController().signal;

async function problemOf(text: string): Promise<string> {
  try {
    await openStore(parseUri(text, {}));
    return 'opened';
  } catch (error) {
    return error instanceof ConfigError ? error.message : `not a ConfigError: ${String(error)}`;
  }
}

describe('openStore', () => {
  it('opens memory:', async () => {
    const store = await openStore(parseUri('memory:', {}));

    expect(store.shown).toBe('memory:');
    expect(await store.get('k', live)).toBeUndefined();
  });

  it.each(['file:', 'file://'])('opens %sDIR and makes the folder', async (form) => {
    const folder = await createStateFolder();
    const path = join(folder.path, 'deep', 'er');
    const store = await openStore(parseUri(`${form}${path}`, {}));
    await store.put('k', Buffer.from('x'), { if: 'any' }, live);

    const again = await openStore(parseUri(`file:${path}`, {}));

    expect((await again.get('k', live))?.body.toString()).toBe('x');
    await folder.remove();
  });

  it('opens s3://BUCKET/PREFIX without asking the network', async () => {
    const store = await openStore(parseUri('s3://state/prod?region=eu-west-1', {}));

    expect(store.shown).toBe('s3://state/prod?region=eu-west-1');
    await store.close();
  });

  it.each([
    ['redis:', /state redis: is not a state store; allowed are memory:, file:DIR, s3:\/\/BUCKET\/PREFIX/],
    ['memry:', /did you mean "memory"/],
    ['azblob://account', /state azblob: must be written azblob:\/\/ACCOUNT\/CONTAINER\/PREFIX/],
    ['azblob://Account/A--b', /ACCOUNT must be 3 to 24.*\n.*CONTAINER must be 3 to 63/],
    ['gs:bucket', /state gs: must be written gs:\/\/BUCKET\/PREFIX/],
    ['gs://bucket?endpoint=nowhere', /state gs: endpoint must be a URL/],
    ['memory:somewhere', /state memory: must be written memory:, got memory:somewhere/],
    ['memory:?size=1', /state memory: unknown option "size"/],
    ['file:', /state file: must be written file:DIR/],
    ['file://host/dir', /state file: must be written file:DIR or file:\/\/\/DIR, got/],
    ['file:/tmp?mode=1', /state file: unknown option "mode"; no options are allowed here/],
    ['s3:', /state s3: must be written s3:\/\/BUCKET\/PREFIX/],
    ['s3:/prefix', /state s3: must be written/],
    ['s3://state?regoin=x', /unknown option "regoin"; did you mean "region"\?.*endpoint, region, path_style/],
    ['s3://state?path_style=maybe', /path_style must be true or false, got "maybe"/],
    ['s3://state?endpoint=minio', /endpoint must be a URL/],
    ['s3://key:secret@state', /credentials do not belong in it/],
  ])('refuses %s', async (text, expected) => {
    expect(await problemOf(text)).toMatch(expected);
  });

  it('never repeats credentials that were written into the address', async () => {
    expect(await problemOf('s3://key:topsecret@state')).not.toContain('topsecret');
  });

  it('says why a folder cannot be used', async () => {
    const folder = await createStateFolder();
    await writeFile(join(folder.path, 'file'), '');

    expect(await problemOf(`file:${folder.path}/file`)).toMatch(/state file: cannot use .*; a file is in the way/);
    await folder.remove();
  });
});
