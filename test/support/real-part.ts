import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

/** A program of somebody else that tests check us against. */
export interface RealPart {
  readonly path: string;
  /** What it says of its version: one line. */
  readonly version: string;
}

const PARTS = resolve(import.meta.dirname, '../../.ci/real-parts.d');

/** Where `.ci/install-real-parts` unpacks programs that it does not install. */
export const REAL_PARTS_FOLDER: string =
  process.env['HEAPLESS_REAL_PARTS'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'heapless-real-parts');

const known = new Map<string, RealPart | undefined>();

/** Names of all parts: the files of `.ci/real-parts.d`. */
export function realPartNames(): readonly string[] {
  return readdirSync(PARTS).sort();
}

/**
 * The part of that name if its program is installed and its version command (by default both as its file says, else
 * `NAME --version`) succeeds; else undefined. Tests then say so: `context.skip(missingPart(name))`.
 */
export function realPart(name: string, command?: readonly string[]): RealPart | undefined {
  const key = [name, ...(command ?? [])].join(' ');
  if (!known.has(key)) known.set(key, find(name, command));
  return known.get(key);
}

/** Why a test of a part is skipped, and what to do. */
export function missingPart(name: string): string {
  return `${name} is not installed: run .ci/install-real-parts`;
}

function find(name: string, command: readonly string[] | undefined): RealPart | undefined {
  const file = join(PARTS, name);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const said = command ?? /^# version: (.+)$/m.exec(text)?.[1]?.trim().split(/\s+/) ?? [name, '--version'];
  const program = command === undefined ? /^# program: (.+)$/m.exec(text)?.[1]?.trim() : undefined;
  const asked = locate(said[0] ?? name);
  const path = program === undefined ? asked : locate(program);
  if (asked === undefined || path === undefined) return undefined;
  const { status, stdout, stderr } = spawnSync(asked, said.slice(1), { encoding: 'utf8', timeout: 10_000 });
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
  const version = lines.find((line) => /\d\.\d/.test(line)) ?? lines.find((line) => line !== '');
  return status === 0 && version !== undefined ? { path, version } : undefined;
}

function locate(program: string): string | undefined {
  if (program.includes('/')) return existsSync(program) ? program : undefined;
  const folders = [join(REAL_PARTS_FOLDER, 'bin'), ...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}
