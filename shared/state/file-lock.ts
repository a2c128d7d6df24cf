import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { type Millis, SECOND } from '../core/units.ts';
import { hasCode } from './file-error.ts';

/** Work under a lock takes milliseconds: one this old was left behind, or its holder was stopped for long. */
export const LOCK_LEASE: Millis = 20 * SECOND;

const LEAST_WAIT: Millis = 2;
const MOST_WAIT: Millis = 25;

/**
 * Tokens that this process holds. When it is empty (after a start), a lock in this process's name is one that an
 * earlier process of the same number left behind.
 */
const heldHere = new Set<string>();

export interface FileLock {
  /**
   * Runs `work` while no other process runs work under the same name. `owned` is asked before the last step: false if
   * another took the lock because we were stopped for longer than its lease. `check` throws when waiting should end.
   */
  hold<T>(name: string, check: () => void, work: (owned: () => Promise<boolean>) => Promise<T>): Promise<T>;
}

/**
 * Locks by folders: `<locks>/<name>/` holds one file that is named after its holder. Taking a lock is the rename of a
 * prepared folder onto that name, which the file system refuses while the lock has a holder. Taking over from a holder
 * that is gone is the rename of its file, which succeeds for one taker only, as the name is the old holder's own.
 */
export function createFileLock(options: {
  readonly locks: string;
  readonly temporary: string;
  readonly clock: Clock;
}): FileLock {
  const { locks, temporary, clock } = options;
  const host = encodeURIComponent(hostname());

  function newToken(): string {
    return `${host}~${process.pid}~${clock.now()}~${randomBytes(8).toString('hex')}`;
  }

  async function take(name: string, check: () => void): Promise<string> {
    const folder = join(locks, name);
    const staged = newToken();
    const staging = join(temporary, staged);
    heldHere.add(staged);
    try {
      await mkdir(staging);
      await writeFile(join(staging, staged), '');
      for (;;) {
        check();
        if (await renamed(staging, folder)) return staged;
        const holder = await holderOf(folder);
        const token = newToken();
        if (holder !== undefined && isGone(holder, host, clock)) {
          heldHere.add(token);
          if (await renamed(join(folder, holder), join(folder, token))) {
            forget(staged);
            return token;
          }
          forget(token);
        }
        await clock.sleep(LEAST_WAIT + Math.random() * (MOST_WAIT - LEAST_WAIT));
      }
    } catch (error) {
      forget(staged);
      throw error;
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }

  return {
    async hold(name, check, work) {
      const token = await take(name, check);
      const path = join(locks, name, token);
      try {
        return await work(() => exists(path));
      } finally {
        forget(token);
        await ignore(unlink(path), ['ENOENT']);
        await ignore(rmdir(join(locks, name)), ['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM']);
      }
    },
  };
}

function forget(token: string): void {
  heldHere.delete(token);
}

/** False if the target is held or the source is gone. */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, ['ENOTEMPTY', 'EEXIST', 'EPERM', 'ENOENT'])) return false;
    throw error;
  }
}

async function holderOf(folder: string): Promise<string | undefined> {
  try {
    return (await readdir(folder))[0];
  } catch (error) {
    if (hasCode(error, ['ENOENT'])) return undefined;
    throw error;
  }
}

/** True if the holder's process has ended, or it has held for longer than the lease. */
function isGone(token: string, host: string, clock: Clock): boolean {
  const [where, pid = '', since = ''] = token.split('~');
  if (clock.now() - Number(since) > LOCK_LEASE) return true;
  if (where !== host) return false;
  return Number(pid) === process.pid ? !heldHere.has(token) : !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, ['ESRCH']);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, ['ENOENT'])) return false;
    throw error;
  }
}

async function ignore(work: Promise<unknown>, codes: readonly string[]): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!hasCode(error, codes)) throw error;
  }
}
