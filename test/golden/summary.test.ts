import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MetricBatch } from '../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../shared/core/batch-builder.ts';
import type { DecodeFaults } from '../../shared/sources/source.ts';
import { decodeSummary } from '../../shared/sources/summary-api/decode-summary.ts';
import { dumpBatch } from '../support/dump-batch.ts';

const DATA = join(import.meta.dirname, '..', 'data', 'summary');
const FILES = readdirSync(DATA).filter((file) => file.endsWith('.json'));
const MINUTE = 60_000;

interface Document {
  readonly node: { readonly nodeName: string; readonly cpu?: { readonly time?: string } };
}

/** When the capture was taken, as near as it says: the node's CPU sample, else the newest time in it. */
function takenAt(text: string): number {
  const node = Date.parse((JSON.parse(text) as Document).node.cpu?.time ?? '');
  if (!Number.isNaN(node)) return node;
  const times = [...text.matchAll(/"time": ?"([^"]+)"/g)].map((match) => Date.parse(match[1] ?? ''));
  return Math.max(...times.filter((time) => !Number.isNaN(time)));
}

function decode(file: string): { readonly batch: MetricBatch; readonly faults: DecodeFaults } {
  const body = readFileSync(join(DATA, file));
  const name = (JSON.parse(body.toString('utf8')) as Document).node.nodeName;
  const now = takenAt(body.toString('utf8'));
  const builder = new MetricBatchBuilder({ timestamp: now, resolution: MINUTE, cluster: 'golden' });
  const result = decodeSummary(body, { name, hostname: name, hostId: '' }, builder, { now });
  if (result.status === 'failed') throw new Error(`${file}: ${result.reason}: ${result.message}`);
  return { batch: builder.build(), faults: result.faults };
}

describe('real captures of kubelets, 2016 to 2026', () => {
  it('has all thirty', () => {
    expect(FILES).toHaveLength(30);
  });

  it.each(FILES)('decodes %s to the golden batch', async (file) => {
    const { batch, faults } = decode(file);

    const text = `${dumpBatch(batch)}${JSON.stringify({ faults })}\n`;

    await expect(text).toMatchFileSnapshot(`./summary/${file.replace(/\.json$/, '.jsonl')}`);
  });
});
