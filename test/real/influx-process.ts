import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { missingPart, realPart } from '../support/real-part.ts';
import { answers, createRealFolder, freePorts, type RealProcess, startRealProcess } from '../support/real-process.ts';

export interface Influx extends AsyncDisposable {
  readonly url: string;
  query(statement: string): Promise<readonly Series[]>;
}

interface Series {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly (number | string | null)[])[];
}

/** Starts InfluxDB 1. Skips the test if it is missing. */
export async function startInflux(context: TestContext, extra = ''): Promise<Influx> {
  const part = realPart('influxdb');
  if (part === undefined) return context.skip(missingPart('influxdb'));
  const folder = await createRealFolder();
  const [http = 0, rpc = 0] = await freePorts(2);
  const config = join(folder, 'influxdb.conf');
  await writeFile(
    config,
    `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
dir = "${folder}/meta"
[data]
dir = "${folder}/data"
wal-dir = "${folder}/wal"
[monitor]
store-enabled = false
[http]
bind-address = "127.0.0.1:${http}"
log-enabled = false
${extra}`,
  );
  const url = `http://127.0.0.1:${http}`;
  const server: RealProcess = await startRealProcess({
    path: part.path,
    args: ['run', '-config', config],
    folder,
    isReady: () => answers(`${url}/ping`),
  });
  return {
    url,
    async query(statement) {
      const parameters = new URLSearchParams({ q: statement, db: 'k8s', epoch: 'ms', u: 'root', p: 'root' });
      const response = await fetch(`${url}/query?${parameters}`, { method: 'POST' });
      const body = (await response.json()) as { results?: { series?: Series[]; error?: string }[]; error?: string };
      const problem = body.error ?? body.results?.find(({ error }) => error !== undefined)?.error;
      if (problem !== undefined) throw new Error(problem);
      return body.results?.flatMap(({ series }) => series ?? []) ?? [];
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
