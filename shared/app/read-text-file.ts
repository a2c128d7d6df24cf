import { readFileSync } from 'node:fs';

/**
 * The text of a small file of this machine: a certificate, a token, a kubeconfig. Read at once: an asynchronous read is the only thing that
 * starts the four threads of libuv's pool in a function, and `node:fs/promises` loads a dozen modules.
 */
export async function readTextFile(path: string): Promise<string> {
  return readFileSync(path, 'utf8');
}
