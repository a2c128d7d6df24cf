import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { missingPart, realPart } from '../support/real-part.ts';
import { answers, createRealFolder, freePorts, startRealProcess } from '../support/real-process.ts';

/** A sample as a server has it. */
export interface StoredSample {
  readonly labels: Readonly<Record<string, string>>;
  /** Unix ms. */
  readonly timestamp: number;
  readonly value: number;
}

export interface MetricsServer extends AsyncDisposable {
  readonly url: string;
  /** Every raw sample whose series has this label. */
  read(matcher: string, timestamp: number): Promise<readonly StoredSample[]>;
  /** What an instant query says at a time: series that have ended are not in it. */
  query(expression: string, timestamp: number): Promise<readonly StoredSample[]>;
}

interface QueryAnswer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values?: readonly (readonly [number, string])[];
      readonly value?: readonly [number, string];
    }[];
  };
}

async function ask(url: string, parameters: Readonly<Record<string, string>>): Promise<readonly StoredSample[]> {
  const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body: new URLSearchParams(parameters) });
  const answer = (await response.json()) as QueryAnswer;
  if (answer.data === undefined) throw new Error(answer.error ?? 'no data');
  return answer.data.result.flatMap(({ metric, values, value }) =>
    [...(values ?? []), ...(value === undefined ? [] : [value])].map(([at, text]) => ({
      labels: metric,
      timestamp: Math.round(at * 1_000),
      value: Number(text),
    })),
  );
}

/** Starts Prometheus (`prometheus` or `prometheus-3`) with the remote write receiver on. Skips the test if it is missing. */
export async function startPrometheus(context: TestContext, name: string): Promise<MetricsServer> {
  const part = realPart(name);
  if (part === undefined) return context.skip(missingPart(name));
  const folder = await createRealFolder();
  const [port = 0] = await freePorts(1);
  await writeFile(join(folder, 'prometheus.yml'), 'global: {}\n');
  const url = `http://127.0.0.1:${port}`;
  const server = await startRealProcess({
    path: part.path,
    args: [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
    ],
    folder,
    isReady: () => answers(`${url}/-/ready`),
  });
  return {
    url,
    read: (matcher, timestamp) => ask(url, { query: `{${matcher}}[1m]`, time: String((timestamp + 1_000) / 1_000) }),
    query: (query, timestamp) => ask(url, { query, time: String(timestamp / 1_000) }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Starts VictoriaMetrics (`victoria-metrics` or `victoria-metrics-otlp`) with more flags. Skips the test if it is missing. */
export async function startVictoriaMetrics(
  context: TestContext,
  name: string,
  flags: readonly string[] = [],
): Promise<MetricsServer> {
  const part = realPart(name);
  if (part === undefined) return context.skip(missingPart(name));
  const folder = await createRealFolder();
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const server = await startRealProcess({
    path: part.path,
    args: [
      `-storageDataPath=${folder}/data`,
      `-httpListenAddr=127.0.0.1:${port}`,
      '-retentionPeriod=1',
      '-search.latencyOffset=0s',
      ...flags,
    ],
    folder,
    isReady: () => answers(`${url}/health`),
  });
  return {
    url,
    async read(matcher) {
      await fetch(`${url}/internal/force_flush`);
      const response = await fetch(`${url}/api/v1/export?${new URLSearchParams({ 'match[]': `{${matcher}}` })}`);
      const lines = (await response.text()).split('\n').filter((line) => line !== '');
      return lines.flatMap((line) => {
        const { metric, values, timestamps } = JSON.parse(line) as {
          metric: Record<string, string>;
          values: number[];
          timestamps: number[];
        };
        return values.map((value, index) => ({ labels: metric, timestamp: timestamps[index] ?? 0, value }));
      });
    },
    async query(query, timestamp) {
      await fetch(`${url}/internal/force_flush`);
      return await ask(url, { query, time: String(timestamp / 1_000) });
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
