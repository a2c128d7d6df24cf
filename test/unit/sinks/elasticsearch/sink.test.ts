import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { ConfigNotice } from '../../../../shared/config/config.ts';
import { parseOptions } from '../../../../shared/config/options.ts';
import { parseUri } from '../../../../shared/config/uri.ts';
import { systemClock } from '../../../../shared/core/clock.ts';
import { metricId } from '../../../../shared/core/metrics.ts';
import { readBulkAnswer } from '../../../../shared/sinks/elasticsearch/classify.ts';
import { readNodeAddresses } from '../../../../shared/sinks/elasticsearch/nodes.ts';
import { OPTIONS, signs } from '../../../../shared/sinks/elasticsearch/options.ts';
import { openSink } from '../../../../shared/sinks/registry.ts';
import { createBuilder, nodeBatch, setLabels, wholeCatalogBatch } from '../../../contract/sinks/contract-batch.ts';
import { bySeries, deliverTo, expectedValues, realBatch } from '../../../real/real-batch.ts';
import { startElasticsearchServer, valuesOf } from '../../../sim/elasticsearch-server.ts';

const RULES = { backend: 'Elasticsearch', credentials: 'none' };

describe('elasticsearch', () => {
  it('signs requests for a domain of AWS, body and all', async () => {
    await using server = await startElasticsearchServer();
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-secret');
    const signing = 'auth=sigv4&aws_service=aoss&region=eu-west-1';

    const report = await deliverTo(`elasticsearch:${server.url}?${signing}`, nodeBatch(3)).finally(vi.unstubAllEnvs);

    expect(report).toMatchObject({ delivered: 3 });
    const [request] = server.requests;
    expect(request?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/aoss\/aws4_request, SignedHeaders=/,
    );
    expect(request?.headers['x-amz-content-sha256']).toBe(
      createHash('sha256')
        .update(request?.body ?? '')
        .digest('hex'),
    );
  });

  it.each([
    ['https://search-k8s-x.eu-west-1.es.amazonaws.com', true],
    ['https://me:pw@search-k8s-x.eu-west-1.es.amazonaws.com', false],
    ['https://search:9200', false],
  ])('signs by default for %s: %s', (address, expected) => {
    const uri = parseUri(`elasticsearch:${address}`, {});

    expect(signs(parseOptions(uri, OPTIONS, 'sink'), uri)).toBe(expected);
  });

  it.each([
    ['https://search:9200?auth=sigv4', /auth=sigv4 needs aws_service=/],
    ['https://me:pw@x.es.amazonaws.com?auth=sigv4', /auth=sigv4 takes no user/],
    ['https://search:9200?region=eu-west-1', /region has no effect with auth=none/],
  ])('does not open with %s', async (address, problem) => {
    const context = { clock: systemClock, notice: () => {}, write: () => {} };

    await expect(openSink(parseUri(`elasticsearch:${address}`, {}), context)).rejects.toThrow(problem);
  });

  it('indexes every value with its labels, whatever their texts', async () => {
    await using server = await startElasticsearchServer();
    const batch = realBatch({ oddNames: true });
    const expected = expectedValues(batch).map((each) => ({
      ...each,
      labels: { ...each.labels, cluster_name: 'prod' },
    }));

    const report = await deliverTo(`elasticsearch:${server.url}?compression=gzip`, batch);

    expect(report).toMatchObject({ delivered: expected.length, rejected: 0, problems: [] });
    expect(bySeries([...server.found.values()].flatMap(valuesOf))).toEqual(bySeries(expected));
  });

  it('replaces its documents when they are sent again', async () => {
    await using server = await startElasticsearchServer();
    const batch = wholeCatalogBatch();

    await deliverTo(`elasticsearch:${server.url}`, batch);
    const documents = server.found.size;
    await deliverTo(`elasticsearch:${server.url}`, batch);

    expect(server.indexed).toHaveLength(2 * documents);
    expect(server.found.size).toBe(documents);
  });

  it('has other ids for other clusters, times, rows, families and metrics', async () => {
    await using server = await startElasticsearchServer();
    const batch = wholeCatalogBatch();

    await deliverTo(`elasticsearch:${server.url}?cluster_name=a`, batch);
    await deliverTo(`elasticsearch:${server.url}?cluster_name=b`, batch);
    await deliverTo(`elasticsearch:${server.url}?cluster_name=a`, { ...batch, timestamp: batch.timestamp + 60_000 });

    expect(server.found.size).toBe(server.indexed.length);
  });

  it("writes Heapster's documents into an index of the day", async () => {
    await using server = await startElasticsearchServer();
    const builder = createBuilder(Date.UTC(2026, 10, 24, 0, 1));
    const row = builder.table('node').addRow();
    setLabels(builder, 'node', row, { nodename: 'n1' });
    builder.table('node').set(metricId('cpu/usage'), row, 7);
    builder.table('node').set(metricId('cpu/usage_rate'), row, 2);
    builder.table('node').set(metricId('uptime'), row, 9);

    await deliverTo(`elasticsearch:${server.url}?index=k8s&pipeline=p`, builder.build());

    const MetricsTags = { cluster_name: 'prod', nodename: 'n1', type: 'node' };
    expect(server.indexed.map(({ index, source }) => [index, source])).toEqual([
      [
        'k8s-2026.11.24',
        {
          GeneralMetricsTimestamp: '2026-11-24T00:01:00Z',
          MetricsTags,
          MetricsName: 'uptime',
          MetricsValue: { value: 9 },
        },
      ],
      [
        'k8s-2026.11.24',
        {
          CpuMetricsTimestamp: '2026-11-24T00:01:00Z',
          MetricsTags,
          Metrics: { 'cpu/usage': { value: 7 }, 'cpu/usage_rate': { value: 2 } },
        },
      ],
    ]);
    expect(server.requests[0]?.body.toString()).toContain('"cpu/usage_rate":{"value":2.0}');
    expect(server.requests[0]?.url.searchParams.get('pipeline')).toBe('p');
  });

  it('sends again the documents that a busy server could not take, and no other', async () => {
    await using server = await startElasticsearchServer();
    server.busyFor(40);
    server.refuse('node-000077');

    const report = await deliverTo(`elasticsearch:${server.url}?bulkWorkers=1`, nodeBatch(100));

    expect(report).toMatchObject({ delivered: 99, rejected: 1, requests: 2, retries: 1 });
    expect(server.indexed).toHaveLength(99);
    expect(report.problems[0]?.problem).toMatch(/document_parsing_exception/);
  });

  it('passes over a node that does not answer', async () => {
    await using server = await startElasticsearchServer();

    const report = await deliverTo(`elasticsearch:?nodes=http://127.0.0.1:1&nodes=${server.url}`, nodeBatch(5));

    expect(report).toMatchObject({ delivered: 5, retries: 1 });
  });

  it('asks the nodes that the first one tells of, with sniff=true', async () => {
    await using first = await startElasticsearchServer();
    await using second = await startElasticsearchServer();
    first.publishAddresses = [second.url.replace('http://', '')];

    const report = await deliverTo(`elasticsearch:${first.url}?sniff=true`, nodeBatch(5));

    expect(report).toMatchObject({ delivered: 5, requests: 1 });
    expect([first.indexed.length, second.indexed.length]).toEqual([0, 5]);
  });

  it('reads published addresses with and without a host name', () => {
    const publish = (publish_address: string): unknown => ({ http: { publish_address } });
    const body = Buffer.from(
      JSON.stringify({
        nodes: { a: publish('es-1.local/10.0.0.1:9200'), b: publish('[::1]:9201'), c: publish('odd'), d: {} },
      }),
    );

    expect(readNodeAddresses(body, 'https:').map(String)).toEqual(['https://es-1.local:9200/', 'https://[::1]:9201/']);
  });

  it('halves a request whose answer is too long to be told apart', () => {
    const body = Buffer.from(`{"errors":true,"items":[${'{"index":{"status":400}},'.repeat(3)}`);

    const result = readBulkAnswer({ status: 200, header: () => undefined, body }, 1_000, RULES, 0);

    expect(result).toMatchObject({ kind: 'whole', outcome: { status: 'split' } });
  });

  it('asks in the name of a user', async () => {
    await using server = await startElasticsearchServer();
    server.authorization = `Basic ${Buffer.from('u:p').toString('base64')}`;

    const named = await deliverTo(`elasticsearch:${server.url}?esUserName=u&esUserSecret=p`, nodeBatch(1));
    const wrong = await deliverTo(`elasticsearch:${server.url}?esUserName=u&esUserSecret=hunter2`, nodeBatch(1));

    expect(named).toMatchObject({ delivered: 1 });
    expect(wrong).toMatchObject({ rejected: 1, retries: 0 });
    expect(JSON.stringify(wrong)).not.toContain('hunter2');
  });

  it('says which options of Heapster have no effect', async () => {
    const notices: ConfigNotice[] = [];
    const uri = parseUri('elasticsearch:http://h?maxRetries=3&healthCheck=false', {});

    await (
      await openSink(uri, { clock: systemClock, notice: (notice) => notices.push(notice), write: () => {} })
    ).close();

    expect(notices.map(({ notice }) => notice)).toEqual([
      'maxRetries has no effect here',
      'healthCheck has no effect here',
    ]);
  });

  it.each([
    ['elasticsearch:', /needs an address, like elasticsearch:https:\/\//],
    ['elasticsearch:http://h?index=K8s', /index must begin with a letter or digit and have lower case only/],
    ['elasticsearch:http://h?esUserSecret=x', /esUserSecret needs esUserName/],
    ['elasticsearch:?nodes=es:9200', /nodes must be URLs like http:\/\/host:9200/],
    ['elasticsearch:http://h?ver=2&pipeline=p', /pipeline needs ver=5 or later/],
  ])('refuses %s', async (uri, problem) => {
    const opened = openSink(parseUri(uri, {}), { clock: systemClock, notice: () => {}, write: () => {} });

    await expect(opened).rejects.toThrow(problem);
  });
});
