import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConfigNotice } from '../../../shared/config/config.ts';
import { parseUri } from '../../../shared/config/uri.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { metricId } from '../../../shared/core/metrics.ts';
import { openSink } from '../../../shared/sinks/registry.ts';
import type { Sink } from '../../../shared/sinks/sink.ts';
import { deliverTo } from '../../real/real-batch.ts';
import { type OtlpServer, startOtlpServer } from '../../sim/otlp-server.ts';
import { createBuilder, lastMinute, nodeBatch, setLabels } from './contract-batch.ts';

let server: OtlpServer;
let notices: ConfigNotice[];

beforeEach(async () => {
  server = await startOtlpServer();
  notices = [];
  vi.stubEnv('AWS_REGION', '');
  vi.stubEnv('AWS_DEFAULT_REGION', '');
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
});

async function open(uri: string): Promise<Sink> {
  const notice = (entry: ConfigNotice): void => void notices.push(entry);
  return await openSink(parseUri(uri, {}), { clock: systemClock, notice, write: () => {} });
}

async function problemsOf(uri: string): Promise<string> {
  return await open(uri).then(
    async (sink) => {
      await sink.close();
      return '';
    },
    (error: Error) => error.message,
  );
}

describe('otlp on the wire', () => {
  it('sends what goes up and down as such a sum where the conventions say so, and nowhere else', async () => {
    const kindsOf = async (names: string): Promise<unknown> => {
      const from = server.stored.length;
      const builder = createBuilder();
      const row = builder.table('node').addRow();
      setLabels(builder, 'node', row, { nodename: 'n1' });
      builder.table('node').setStart(row, lastMinute() - 1_000);
      for (const key of ['cpu/usage', 'cpu/usage_rate', 'memory/usage'])
        builder.table('node').set(metricId(key), row, 7);
      await deliverTo(`otlp:${server.url}?names=${names}`, builder.build());
      return server.stored.slice(from).map(({ metric, kind, monotonic, value }) => [metric, kind, monotonic, value]);
    };

    expect(await kindsOf('semconv')).toEqual([
      ['k8s.node.cpu.time', 'sum', true, 7 * 1e-9],
      ['k8s.node.cpu.usage', 'gauge', false, 7 * 1e-3],
      ['k8s.node.memory.usage', 'sum', false, 7],
    ]);
    expect(await kindsOf('otel')).toEqual([
      ['k8s.node.cpu.time', 'sum', true, 7 * 1e-9],
      ['k8s.node.cpu.usage', 'gauge', false, 7 * 1e-3],
      ['k8s.node.memory.usage', 'gauge', false, 7],
    ]);
  });

  it('sends counters as cumulative sums with their start, if that is known and before the stamp', async () => {
    const builder = createBuilder();
    const starts = [lastMinute() - 1_000, Number.NaN, lastMinute()];
    for (const [index, start] of starts.entries()) {
      const row = builder.table('node').addRow();
      setLabels(builder, 'node', row, { nodename: `n${index}` });
      builder.table('node').setStart(row, start);
      builder.table('node').set(metricId('cpu/usage'), row, 5);
      builder.table('node').set(metricId('memory/usage'), row, 6);
    }

    await deliverTo(`otlp:${server.url}?names=heapster`, builder.build());

    const millis = (nanos: bigint): number => Number(nanos / 1_000_000n);
    expect(server.stored.map(({ metric, kind, start }) => [metric, kind, millis(start)])).toEqual([
      ['cpu/usage', 'sum', starts[0]],
      ['memory/usage', 'gauge', 0],
      ['cpu/usage', 'sum', 0],
      ['memory/usage', 'gauge', 0],
      ['cpu/usage', 'sum', 0],
      ['memory/usage', 'gauge', 0],
    ]);
  });

  it('names each row and puts labels to the points for Google, with names it takes', async () => {
    const uri = `otlp:${server.url}?preset=google&auth=none&resource_attribute=location=eu&names=heapster`;

    await deliverTo(uri, nodeBatch(2));

    expect(server.stored.map(({ resource }) => Object.fromEntries(resource))).toEqual([
      { 'service.name': 'heapless', location: 'eu', 'service.instance.id': 'node:node-000000' },
      { 'service.name': 'heapless', location: 'eu', 'service.instance.id': 'node:node-000001' },
    ]);
    expect(server.stored[1]?.attributes).toContainEqual(['nodename', 'node-000001']);
  });

  it('says once what a server says of values that it took', async () => {
    server.warning = 'this version is old';
    const sink = await open(`otlp:${server.url}`);
    for (const request of [...sink.encode(nodeBatch(2), () => {}), ...sink.encode(nodeBatch(2), () => {})]) {
      expect(await sink.send(request, new AbortController().signal)).toEqual({ status: 'delivered' });
    }
    await sink.close();

    expect(notices).toEqual([
      { where: 'sink otlp', notice: 'The OTLP server took the values and says: this version is old' },
    ]);
  });

  it('signs for CloudWatch, and keeps to its 1,000 points', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-secret');
    server.maxPoints = 1_000;

    const report = await deliverTo(
      `otlp:${server.url}?preset=cloudwatch&region=eu-west-1&aws_service=monitoring`,
      nodeBatch(2_500),
    );

    expect(report).toMatchObject({ delivered: 2_500, requests: 3 });
    expect(server.requests[0]?.headers.authorization).toMatch(/\/eu-west-1\/monitoring\/aws4_request/);
  });

  it.each([
    ['?preset=cloudwatch', /needs region=.*AWS_REGION, or an address/],
    ['?preset=cloudwatch&region=Ireland', /region must be an AWS region like eu-west-1, got "Ireland"/],
    [
      '?preset=google',
      /preset=google needs resource_attribute=location=… \(or cloud.region, cloud.availability_zone\)/,
    ],
    ['?preset=azure', /needs an address/],
    ['', /needs an address/],
    ['?preset=newrelic', /preset must be one of none, cloudwatch, google/],
    ['https://gw.grafana.net?preset=grafana', /auth=basic needs a user/],
    ['http://h?resource_attribute=a=', /resource_attribute has no value for a/],
  ])('refuses otlp:%s with what is wrong', async (rest, words) => {
    expect(await problemsOf(`otlp:${rest}`)).toMatch(words);
  });

  it.each([
    ['otlp:?preset=cloudwatch&region=eu-west-1', 1_000],
    ['otlp:http://collector:4318', 10_000],
    ['otlp:http://collector:4318?preset=cloudwatch&max_points=7&region=eu-west-1', 7],
    ['honeycomb:?writekey=k', 10_000],
  ])('opens %s with the limits of its preset', async (uri, points) => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-secret');
    const sink = await open(uri.includes('collector:4318?') ? `${uri}&aws_service=monitoring` : uri);
    await sink.close();

    expect(sink.limits.maxPoints).toBe(points);
  });

  it.each([
    ['honeycomb:', /needs writekey= or HONEYCOMB_WRITEKEY/],
    ['honeycomb:?writekey=k&apihost=here', /apihost must be an address/],
    ['honeycomb:?writekey=k&dataset=a%0Ab', /dataset must be one word/],
  ])('refuses %s with what is wrong', async (uri, words) => {
    vi.stubEnv('HONEYCOMB_WRITEKEY', '');
    expect(await problemsOf(uri)).toMatch(words);
  });
});
