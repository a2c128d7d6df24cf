import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { missingPart, realPart } from '../support/real-part.ts';
import { createRealFolder, freePorts, startRealProcess } from '../support/real-process.ts';

/** A carbon-cache of our own, with its files. */
export interface Carbon extends AsyncDisposable {
  readonly port: number;
  /** Every series with the value that its archive has at a time (Unix seconds); tagged ones by `name;tag=value`. */
  values(time: number): ReadonlyMap<string, number>;
  output(): string;
}

/** Prints every archive below a folder with its value at a time: Debian's own whisper reads what Debian's carbon wrote. */
const READ = `
import json, os, sys, whisper
folder, time = sys.argv[1], int(sys.argv[2])
found = {}
for root, _, files in os.walk(folder):
    for name in files:
        if not name.endswith('.wsp'): continue
        path = os.path.join(root, name)
        (start, end, step), values = whisper.fetch(path, time - 1, time)
        relative = os.path.relpath(path, folder)[:-4]
        if relative.startswith('_tagged/'): key = relative.split('/', 3)[3].replace('_DOT_', '.')
        else: key = relative.replace('/', '.')
        found[key] = values[0]
print(json.dumps(found))
`;

export async function startCarbon(context: TestContext): Promise<Carbon> {
  const part = realPart('graphite-carbon');
  if (part === undefined) return context.skip(missingPart('graphite-carbon'));
  const folder = await createRealFolder();
  const [line = 0, pickle = 0, query = 0] = await freePorts(3);
  const data = join(folder, 'whisper');
  await writeFile(
    join(folder, 'carbon.conf'),
    `[cache]
STORAGE_DIR = ${folder}
CONF_DIR = ${folder}
LOG_DIR = ${folder}
PID_DIR = ${folder}
LOCAL_DATA_DIR = ${data}
LINE_RECEIVER_INTERFACE = 127.0.0.1
LINE_RECEIVER_PORT = ${line}
ENABLE_UDP_LISTENER = True
UDP_RECEIVER_INTERFACE = 127.0.0.1
UDP_RECEIVER_PORT = ${line}
PICKLE_RECEIVER_INTERFACE = 127.0.0.1
PICKLE_RECEIVER_PORT = ${pickle}
CACHE_QUERY_INTERFACE = 127.0.0.1
CACHE_QUERY_PORT = ${query}
MAX_CACHE_SIZE = inf
MAX_UPDATES_PER_SECOND = 100000
MAX_CREATES_PER_MINUTE = inf
ENABLE_TAGS = False
TAG_HASH_FILENAMES = False
`,
  );
  await writeFile(join(folder, 'storage-schemas.conf'), '[all]\npattern = .*\nretentions = 60s:1h\n');
  const process = await startRealProcess({
    path: part.path,
    args: ['--nodaemon', `--config=${folder}/carbon.conf`, 'start'],
    folder,
    isReady: () => listens(line),
  });
  return {
    port: line,
    values(time) {
      const output = execFileSync('/usr/bin/python3', ['-c', READ, data, String(time)], {
        maxBuffer: 64_000_000,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      return new Map(Object.entries(JSON.parse(output.toString()) as Record<string, number>));
    },
    output: () => process.output(),
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
