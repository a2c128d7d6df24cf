import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/core/clock.ts';
import { createFileStore } from '../../../shared/state/file.ts';
import type { ObjectStore } from '../../../shared/state/object-store.ts';
import { createStateFolder } from '../../support/state-folder.ts';
import { describeObjectStore } from './object-store-contract.ts';

const WRITER = join(import.meta.dirname, '../../support/state-writer.ts');
const folders: { readonly path: string; readonly remove: () => Promise<void> }[] = [];

async function newFolder(): Promise<string> {
  const folder = await createStateFolder();
  folders.push(folder);
  return folder.path;
}

function open(folder: string): Promise<ObjectStore> {
  return createFileStore({ folder, shown: 'file:test', clock: systemClock });
}

afterAll(async () => {
  for (const folder of folders) await folder.remove();
});

describe('file:', () => {
  let folder = '';

  beforeEach(async () => {
    folder = await newFolder();
  });

  describeObjectStore('file:', {
    open: () => open(folder),
    openAgain: () => open(folder),
    versionsAreHashes: false,
  });

  it('loses no conditional write of three processes', async () => {
    const run = () => promisify(execFile)(process.execPath, [WRITER, folder, '40'], { timeout: 15_000 });

    const ended = await Promise.all([run(), run(), run()]);

    const store = await open(folder);
    const object = await store.get('counter', new AbortController().signal);
    expect(object?.body.toString()).toBe('120');
    expect(ended.reduce((sum, { stdout }) => sum + Number(stdout), 0)).toBeGreaterThan(0);
  });
});
