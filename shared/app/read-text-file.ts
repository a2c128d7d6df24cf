import { readFileSync } from 'node:fs';

/**
 * The text of a small file of this machine: a certificate, a token, a kubeconfig. Read at once: `node:fs/promises` loads a dozen modules that no
 * function needs otherwise, and an asynchronous read starts libuv's four threads.
 */
export async function readTextFile(path: string): Promise<string> {
  return readFileSync(path, 'utf8');
}
