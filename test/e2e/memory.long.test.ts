import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LargeServer, startLargeServer } from '../reliability/large-server.ts';
import type { MemoryAnswer, MemoryOrder } from '../reliability/memory-child.ts';
import { createStateFolder } from '../support/state-folder.ts';

const CHILD = new URL('../reliability/memory-child.ts', import.meta.url);
/** Heap of the child, in MB: what a function of 512 MB has at least. */
const HEAP = 256;
/** A list may have 256 MB, a summary 16. Beyond that: buffers of sockets, and what the runtime itself takes. */
const SLACK = 140;

let server: LargeServer;
let folder: Awaited<ReturnType<typeof createStateFolder>>;

beforeAll(async () => {
  server = await startLargeServer();
  folder = await createStateFolder();
  await mkdir(join(folder.path, 'claim'));
  const path = join(folder.path, 'claim', 'prod.object');
  await writeFile(path, '');
  await truncate(path, 1_073_741_824);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder.remove();
});

async function ask(order: MemoryOrder): Promise<MemoryAnswer> {
  const child = fork(CHILD, [], { execArgv: [`--max-old-space-size=${HEAP}`] });
  const answered = once(child, 'message').then(([answer]) => answer as MemoryAnswer);
  const ended = once(child, 'exit').then(([code, signal]): never => {
    throw new Error(`the child ended with ${code ?? signal}`);
  });
  ended.catch(() => undefined);
  child.send(order);
  return await Promise.race([answered, ended]);
}

describe('a process with little memory', () => {
  it.each<[MemoryOrder['what'], string, number, RegExp]>([
    ['summary', 'large', 16, /^failed too_large: more than 16777216 bytes/],
    ['summary', 'announced', 0, /^failed too_large: more than 16777216 bytes allowed: /],
    ['summary', 'bomb', 16, /^failed too_large: /],
    ['summary', 'pods', 120, /^failed invalid: the answer has more entries/],
    ['nodes', 'large', 256, /^failed too_large: more than 268435456 bytes/],
    ['nodes', 'bomb', 256, /^failed too_large: more than 268435456 bytes/],
    ['nodes', 'entries', 60, /^failed too_large: a list of 300000\d\d bytes with more entries/],
    ['pods', 'entries', 60, /^failed too_large: a list of 300000\d\d bytes with more entries/],
    [
      'nodes',
      'protobuf-nodes',
      500,
      /^failed invalid: a list that cannot be read: a page of more than 1500000 objects/,
    ],
    ['pods', 'protobuf-pods', 500, /^failed invalid: a list that cannot be read: a page of more than 1500000 objects/],
    ['sink', 'large', 1, /^200: 65536 bytes kept$/],
    ['sink', 'bomb', 1, /^200: 65536 bytes kept$/],
    ['backlog', '', 256, /larger than 256 MB unpacked/],
    ['store', '', 0, /claim\/prod has more than 268435456 bytes/],
  ])(
    'refuses a %s of the kind "%s" at its cap',
    async (what, kind, megabytes, said) => {
      const base = what === 'sink' ? server.plain : server.tls;

      const { outcome, grown } = await ask({ what, server: `${base}/${kind}`, ca: server.ca, folder: folder.path });

      expect(outcome).toMatch(said);
      expect(grown).toBeLessThan(megabytes + SLACK);
    },
    60_000,
  );
});
