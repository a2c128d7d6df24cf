import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/core/clock.ts';
import { createFileStore } from '../../../shared/state/file.ts';
import { MAX_OBJECT_BYTES, readObject } from '../../../shared/state/object-size.ts';
import { createStateFolder } from '../../support/state-folder.ts';

const PIECE = Buffer.alloc(1_048_576);

describe('an object beyond the bound', () => {
  it('is not read from a stream, which ends', async () => {
    let pieces = 0;
    const endless = new Readable({
      read() {
        pieces++;
        this.push(PIECE);
      },
    });

    await expect(readObject(endless, 'counters/c/s0', 's3://b')).rejects.toMatchObject({
      code: 'state_too_large',
      message: expect.stringContaining('s3://b: counters/c/s0'),
    });
    expect(endless.destroyed).toBe(true);
    expect(pieces).toBeLessThan(MAX_OBJECT_BYTES / PIECE.length + 10);
  });

  it('is not read from a file, whose size tells', async () => {
    const folder = await createStateFolder();
    await mkdir(join(folder.path, 'claim'));
    const path = join(folder.path, 'claim', 'prod.object');
    await writeFile(path, '');
    await truncate(path, MAX_OBJECT_BYTES + 1);
    const store = await createFileStore({ folder: folder.path, shown: 'file:', clock: systemClock });

    await expect(store.get('claim/prod', new AbortController().signal)).rejects.toMatchObject({
      code: 'state_too_large',
    });
    await folder.remove();
  });

  it('is the only one: a smaller one is read whole', async () => {
    const pieces = Array.from({ length: 3 }, () => PIECE);

    expect((await readObject(Readable.from(pieces), 'k', 's')).length).toBe(3 * PIECE.length);
  });
});
