import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const DEFINITIONS = resolve(import.meta.dirname, '../data/proto');

/** A message as `protoc` prints it by one of the definitions of test/data/proto. Throws what it says if it cannot. */
export function decodeByProtoc(path: string, file: string, type: string, message: Uint8Array): string {
  return run(path, [`--decode=${type}`, file], message).toString();
}

/** A message in protobuf's text form as `protoc` encodes it; maps in the order of their keys, as Kubernetes writes them. */
export function encodeByProtoc(path: string, file: string, type: string, text: string): Buffer {
  return run(path, [`--encode=${type}`, '--deterministic_output', file], text);
}

function run(path: string, flags: readonly string[], input: Uint8Array | string): Buffer {
  const { status, stdout, stderr } = spawnSync(path, [...flags, `-I${DEFINITIONS}`], { input, maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`protoc: ${stderr}`);
  return stdout;
}
