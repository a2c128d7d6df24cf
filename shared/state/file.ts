import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { ComponentUri } from '../config/config.ts';
import { parseOptions } from '../config/options.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { ConfigError, HeaplessError } from '../core/errors.ts';
import { HOUR } from '../core/units.ts';
import * as z from '../core/zod.ts';
import { describeFileError, hasCode, toFileError } from './file-error.ts';
import { createFileLock } from './file-lock.ts';
import { checkKey, checkPrefix } from './object-key.ts';
import { checkObjectSize } from './object-size.ts';
import type { ObjectStore, ObjectVersion, PutCondition } from './object-store.ts';
import { readLocation } from './store-location.ts';
import { throwIfAborted } from './throw-if-aborted.ts';

/** Ours, beside the objects. */
const OWN_FOLDER = '.heapless';
/** Keeps the objects `a` and `a/b` from being in each other's way. */
const SUFFIX = '.object';
const HEADER = /^heapless-object 1 ([0-9a-f]{32})\n/;
const HEADER_BYTES = 'heapless-object 1 '.length + 32 + 1;

/** `file:DIR`: an object is a file; safe for several processes. Throws `ConfigError` if the folder cannot be used. */
export async function openFileStore(uri: ComponentUri): Promise<ObjectStore> {
  const where = `state ${uri.key}`;
  parseOptions(uri, z.object({}), where);
  const { path } = readLocation(uri, 'path');
  try {
    return await createFileStore({ folder: resolve(path), shown: uri.shown, clock: systemClock });
  } catch (error) {
    throw new ConfigError([{ where, problem: `cannot use ${path}: ${describeFileError(error)}` }], error);
  }
}

/**
 * An object is `<folder>/<key>.object`: a line with its version, then the body. A write goes to a temporary file, to the
 * disk, and then in one step to its name, so a reader sees the old or the new object. A file that somebody else put there
 * is an object too: its version is the hash of its content.
 */
export async function createFileStore(options: {
  readonly folder: string;
  readonly shown: string;
  readonly clock: Clock;
}): Promise<ObjectStore> {
  const { folder, shown, clock } = options;
  const temporary = join(folder, OWN_FOLDER, 'temporary');
  const locks = join(folder, OWN_FOLDER, 'locks');
  for (const own of [temporary, locks]) await mkdir(own, { recursive: true });
  await removeLeftovers(temporary, clock);
  const lock = createFileLock({ locks, temporary, clock });
  const pathOf = (key: string): string => join(folder, ...`${key}${SUFFIX}`.split('/'));
  const lockName = (key: string): string => createHash('sha256').update(key).digest('hex');

  async function guarded<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    checkKey(key);
    throwIfAborted(signal, shown);
    if (key.split('/')[0] === OWN_FOLDER) throw reserved(shown);
    try {
      return await work();
    } catch (error) {
      throwIfAborted(signal, shown);
      throw toFileError(error, shown);
    }
  }

  return {
    shown,
    get: (key, signal) =>
      guarded(key, signal, async () => {
        checkObjectSize((await stat(pathOf(key)).catch(() => undefined))?.size, key, shown);
        const content = await contentOf(pathOf(key), signal);
        if (content === undefined) return undefined;
        const found = await stat(pathOf(key)).catch(() => undefined);
        return {
          body: content.subarray(HEADER.test(head(content)) ? HEADER_BYTES : 0),
          version: versionOf(content),
          written: found?.mtimeMs,
          servedAt: Date.now(),
        };
      }),
    put: (key, body, condition, signal) =>
      guarded(key, signal, async () => {
        const version = randomBytes(16).toString('hex');
        const staged = join(temporary, `${version}${SUFFIX}`);
        const path = pathOf(key);
        try {
          await writeToDisk(staged, [Buffer.from(`heapless-object 1 ${version}\n`), body]);
          return await lock.hold(
            lockName(key),
            () => throwIfAborted(signal, shown),
            async (owned) => {
              if (!(await holds(condition, path, signal))) return { status: 'conflict' as const };
              await makeFolder(dirname(path));
              throwIfAborted(signal, shown);
              if (!(await owned())) throw lockLost(shown);
              await rename(staged, path);
              await syncFolder(dirname(path));
              return { status: 'stored' as const, version };
            },
          );
        } finally {
          await rm(staged, { force: true });
        }
      }),
    delete: (key, version, signal) =>
      guarded(key, signal, () =>
        lock.hold(
          lockName(key),
          () => throwIfAborted(signal, shown),
          async (owned) => {
            const path = pathOf(key);
            const content = await contentOf(path, signal);
            if (content === undefined) return 'deleted';
            if (version !== undefined && versionOf(content) !== version) return 'conflict';
            if (!(await owned())) throw lockLost(shown);
            await unlink(path);
            await syncFolder(dirname(path));
            return 'deleted';
          },
        ),
      ),
    async list(prefix, signal) {
      checkPrefix(prefix);
      throwIfAborted(signal, shown);
      try {
        const keys = await keysUnder(folder, prefix);
        throwIfAborted(signal, shown);
        return keys;
      } catch (error) {
        throw toFileError(error, shown);
      }
    },
    close: async () => undefined,
  };
}

function reserved(shown: string): HeaplessError {
  return new HeaplessError(`state ${shown}: keys under ${OWN_FOLDER}/ are the store's own`, {
    code: 'state_key_invalid',
  });
}

function lockLost(shown: string): HeaplessError {
  return new HeaplessError(
    `state ${shown}: this process was stopped for so long that another took its lock; nothing was written`,
    {
      code: 'state_lock_lost',
      retryable: true,
    },
  );
}

function head(content: Buffer): string {
  return content.toString('latin1', 0, HEADER_BYTES);
}

function versionOf(content: Buffer): ObjectVersion {
  return HEADER.exec(head(content))?.[1] ?? `sha256-${createHash('sha256').update(content).digest('hex')}`;
}

async function contentOf(path: string, signal: AbortSignal): Promise<Buffer | undefined> {
  try {
    return await readFile(path, { signal });
  } catch (error) {
    if (hasCode(error, ['ENOENT', 'ENOTDIR'])) return undefined;
    throw error;
  }
}

async function holds(condition: PutCondition, path: string, signal: AbortSignal): Promise<boolean> {
  if (condition.if === 'any') return true;
  const content = await contentOf(path, signal);
  if (condition.if === 'absent') return content === undefined;
  return content !== undefined && versionOf(content) === condition.version;
}

async function writeToDisk(path: string, parts: readonly Uint8Array[]): Promise<void> {
  await using file = await open(path, 'wx');
  for (const part of parts) await file.writeFile(part);
  await file.sync();
}

/** Makes a folder and has its name, and those of the folders made above it, on the disk. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let above = dirname(path); above.length >= dirname(first).length; above = dirname(above)) {
    await syncFolder(above);
    if (above === dirname(above)) return;
  }
}

/** Names are on the disk only after their folder is; Windows has no such call. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using folder = await open(path, 'r');
  await folder.sync();
}

async function keysUnder(folder: string, prefix: string): Promise<string[]> {
  const files = await filesUnder(join(folder, ...prefix.split('/').slice(0, -1)), join(folder, OWN_FOLDER));
  return files
    .filter((path) => path.endsWith(SUFFIX))
    .map((path) => relative(folder, path).slice(0, -SUFFIX.length).split(sep).join('/'))
    .filter((key) => key.startsWith(prefix))
    .toSorted();
}

/** Paths of the files in a folder and below, without what lies under `skipped`, which others change meanwhile. */
async function filesUnder(folder: string, skipped: string): Promise<string[]> {
  if (folder === skipped) return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (hasCode(error, ['ENOENT', 'ENOTDIR'])) return [];
    throw error;
  });
  const below = entries.filter((entry) => entry.isDirectory());
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(folder, entry.name));
  return [...files, ...(await Promise.all(below.map(({ name }) => filesUnder(join(folder, name), skipped)))).flat()];
}

/** What processes that were killed left behind more than an hour ago. */
async function removeLeftovers(temporary: string, clock: Clock): Promise<void> {
  for (const name of await readdir(temporary)) {
    const path = join(temporary, name);
    const found = await stat(path).catch((error: unknown) => {
      if (hasCode(error, ['ENOENT'])) return undefined;
      throw error;
    });
    if (found !== undefined && clock.now() - found.mtimeMs > HOUR) await rm(path, { recursive: true, force: true });
  }
}
