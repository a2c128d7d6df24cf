import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBundle } from '../../../infra/bundle.ts';
import { parseUri } from '../../../shared/config/uri.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import type * as Registry from '../../../shared/sinks/registry.ts';
import { nodeBatch } from '../../contract/sinks/contract-batch.ts';
import { startMonitoringServer } from '../../sim/monitoring-server.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const ENTRY = 'shared/sinks/registry.ts';
let outdir: string;
let registry: typeof Registry;

beforeAll(async () => {
  outdir = await mkdtemp(join(tmpdir(), 'heapless-bundle-'));
  const budgets = { eagerBudget: 1e6, totalBudget: 1e7 };
  const report = await buildBundle({ name: 'sinks', entry: ENTRY, ...budgets }, { root: ROOT, outdir });
  if (report.problems.length > 0) throw new Error(report.problems.join('\n'));
  registry = await import(pathToFileURL(join(outdir, 'sinks', 'index.mjs')).href);
}, 60_000);

afterAll(() => rm(outdir, { recursive: true }));

describe('sinks in a bundle', () => {
  it("send through Google's client, which is CommonJS and looks for its folder", async () => {
    await using server = await startMonitoringServer();
    const context = { clock: systemClock, notice: () => {}, write: () => {} };
    const uri = parseUri(`stackdriver:?project=acme&zone=a&endpoint=${encodeURIComponent(server.url)}`, {});
    const sink = await registry.openSink(uri, context);
    const [request] = sink.encode(nodeBatch(3), () => undefined);

    const outcome = request === undefined ? undefined : await sink.send(request, AbortSignal.timeout(5_000));
    await sink.close();

    expect(outcome).toEqual({ status: 'delivered' });
    expect(server.written).toHaveLength(3);
  });
});
