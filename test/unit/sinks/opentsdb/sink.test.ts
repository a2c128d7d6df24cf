import { describe, expect, it } from 'vitest';
import { metricId } from '../../../../shared/core/metrics.ts';
import { classifyPut } from '../../../../shared/sinks/opentsdb/classify.ts';
import { createBuilder, nodeBatch, setLabels, wholeCatalogBatch } from '../../../contract/sinks/contract-batch.ts';
import { deliverTo } from '../../../real/real-batch.ts';
import { startOpentsdbServer } from '../../../sim/opentsdb-server.ts';

const RULES = { backend: 'OpenTSDB', credentials: 'none' };

describe('opentsdb', () => {
  it('names metrics as Heapster does, and sends values with labels of their own, which Heapster did not', async () => {
    await using server = await startOpentsdbServer();

    await deliverTo(`opentsdb:${server.url}?levels=node`, wholeCatalogBatch());

    const of = (metric: string): unknown =>
      server.stored.filter((point) => point.metric === metric).map(({ tags }) => tags);
    const node = { cluster: 'prod', nodename: 'n1', type: 'node' };
    expect(of('cpu_usage_cumulative')).toEqual([node]);
    expect(of('cpu_usage_rate_gauge')).toEqual([node]);
    expect(of('filesystem_usage_gauge')).toContainEqual({ ...node, resource_id: '/' });
    expect(server.stored[0]?.timestamp).toBe(Date.UTC(2026, 10, 24, 0, 1) / 1_000);
  });

  it('leaves out the node, then the type, to keep the bound of tags, and rejects what still has more', async () => {
    await using server = await startOpentsdbServer();
    const builder = createBuilder();
    const row = builder.table('pod_container').addRow();
    const labels = { nodename: 'n1', namespace_name: 'shop', pod_name: 'web', container_name: 'app' };
    setLabels(builder, 'pod_container', row, labels);
    const own = builder.ownLabels('accelerator_id', 'g1', 'make', 'm', 'model', 'k');
    builder.table('pod_container').addSparse(row, metricId('accelerator/duty_cycle'), own, 40);
    const tagsAt = async (options: string): Promise<readonly string[]> => {
      const before = server.stored.length;
      await deliverTo(`opentsdb:${server.url}?${options}`, builder.build());
      return server.stored.slice(before).flatMap(({ tags }) => Object.keys(tags));
    };

    const all = ['cluster', 'container_name', 'namespace_name', 'nodename', 'pod_name', 'type'];
    const ownNames = ['accelerator_id', 'make', 'model'];
    server.maxTags = 9;
    expect(await tagsAt('max_tags=9')).toEqual([...all, ...ownNames]);
    server.maxTags = 8;
    expect(await tagsAt('')).toEqual([...all.filter((name) => name !== 'nodename'), ...ownNames]);
    expect(await tagsAt('max_tags=7')).toEqual([...all.filter((name) => !/^(nodename|type)$/.test(name)), ...ownNames]);
    const report = await deliverTo(`opentsdb:${server.url}?max_tags=6`, builder.build());
    expect(report).toMatchObject({ rejected: 1, requests: 0 });
    expect(report.problems[0]?.problem).toMatch(/more than max_tags=6 tags/);
  });

  it('replaces what OpenTSDB does not take', async () => {
    await using server = await startOpentsdbServer();
    const builder = createBuilder();
    const row = builder.table('node').addRow();
    setLabels(builder, 'node', row, { nodename: 'a b:c"ä€' });
    builder.table('node').set(metricId('memory/usage'), row, 1);

    const report = await deliverTo(`opentsdb:${server.url}`, builder.build());

    expect(report).toMatchObject({ delivered: 1 });
    expect(server.stored[0]?.tags['nodename']).toBe('a_b_c_ä_');
  });

  it('halves what is too large for the server', async () => {
    await using server = await startOpentsdbServer();
    server.maxBytes = 9_000;

    const report = await deliverTo(`opentsdb:${server.url}`, nodeBatch(500));

    expect(report).toMatchObject({ delivered: 500, rejected: 0 });
    expect(server.stored).toHaveLength(500);
  });

  it('counts the refused points also where the answer is longer than what is kept of it', () => {
    const text = `{"errors":[{"datapoint":{},"error":"bad tag"},${'{"x":1},'.repeat(20_000)}`;
    const answer = {
      status: 400,
      header: () => undefined,
      body: Buffer.from(`{"success":7,"failed":3,${text.slice(1)}`),
    };
    const request = { points: 10, bytes: 1, idempotent: true, split: () => undefined };

    expect(classifyPut(answer, request, RULES, 0)).toMatchObject({ status: 'partial', rejected: 3 });
  });
});
