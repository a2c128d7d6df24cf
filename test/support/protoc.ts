import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const DEFINITIONS = resolve(import.meta.dirname, '../data/proto');

/** A message as `protoc` prints it by one of the definitions of test/data/proto. Throws what it says if it cannot. */
export function decodeByProtoc(path: string, file: string, type: string, message: Uint8Array): string {
  const { status, stdout, stderr } = spawnSync(path, [`--decode=${type}`, `-I${DEFINITIONS}`, file], {
    input: message,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`protoc: ${stderr}`);
  return stdout;
}
