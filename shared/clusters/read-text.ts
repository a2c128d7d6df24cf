import { HeaplessError } from '../core/errors.ts';
import type { ClusterDeps } from './cluster-deps.ts';

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  EISDIR: 'is a directory',
  ENOTDIR: 'does not exist',
};

/** The text of a file; throws `HeaplessError` (code `cluster_file`) that names what it is, its path and the cause. */
export async function readText(what: string, path: string, readFile: ClusterDeps['readFile']): Promise<string> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = (cause as { readonly code?: unknown } | undefined)?.code;
    const said = typeof code === 'string' ? (CAUSES[code] ?? `cannot be read (${code})`) : 'cannot be read';
    throw new HeaplessError(`${what} ${path} ${said}`, { code: 'cluster_file', cause });
  }
}

/** A bearer token as it may stand in a header; throws `HeaplessError` (code `cluster_token`) that does not contain it. */
export function checkToken(text: string, what: string): string {
  const token = text.trim();
  if (token === '') throw new HeaplessError(`${what} is empty`, { code: 'cluster_token' });
  if (/[^\x21-\x7e]/.test(token)) {
    throw new HeaplessError(`${what} has white space or control characters inside`, { code: 'cluster_token' });
  }
  return token;
}
