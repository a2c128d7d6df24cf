import { describe, expect, it } from 'vitest';
import type { ConfigNotice } from '../../../../shared/config/config.ts';
import { parseUri } from '../../../../shared/config/uri.ts';
import { systemClock } from '../../../../shared/core/clock.ts';
import { metricByKey } from '../../../../shared/core/metrics.ts';
import { createDatabaseStatement } from '../../../../shared/sinks/influxdb/create-database.ts';
import { openSink } from '../../../../shared/sinks/registry.ts';
import type { Sink } from '../../../../shared/sinks/sink.ts';
import { deliverTo, realBatch } from '../../../real/real-batch.ts';
import { startInfluxServer } from '../../../sim/influx-server.ts';

const notices: ConfigNotice[] = [];

async function open(text: string): Promise<Sink> {
  const context = { clock: systemClock, notice: (notice: ConfigNotice) => notices.push(notice), write: () => {} };
  return await openSink(parseUri(text, {}), context);
}

const BATCH = realBatch({ oddNames: false });

describe('influxdb', () => {
  it("leaves out the counters of a rate with disable_counter_metrics, Heapster's nine among them", async () => {
    const sink = await open('influxdb:?disable_counter_metrics=true');
    const kept = (key: string): boolean => sink.selection.exports?.(metricByKey(key), 'node') ?? true;

    expect(kept('cpu/usage')).toBe(false);
    expect(kept('network/tx_errors')).toBe(false);
    expect(kept('memory/major_page_faults')).toBe(false);
    expect(kept('cpu/usage_rate')).toBe(true);
    expect(kept('uptime')).toBe(true);
  });

  it('creates a missing database once, then writes again', async () => {
    await using server = await startInfluxServer({ databases: [] });

    const report = await deliverTo(`influxdb:${server.url}?db=new&retention=1w&levels=cluster`, BATCH);

    expect(report).toMatchObject({ delivered: report.encoded, requests: 1, retries: 0 });
    expect(server.databases.get('new')).toBe('CREATE DATABASE "new" WITH DURATION 1w NAME "default"');
  });

  it('creates nothing with create_database=false', async () => {
    await using server = await startInfluxServer({ databases: [] });

    const report = await deliverTo(`influxdb:${server.url}?create_database=false&levels=cluster`, BATCH);

    expect(report).toMatchObject({ delivered: 0, rejected: report.encoded });
    expect(report.problems[0]?.problem).toMatch(/database not found/);
    expect(server.databases.size).toBe(0);
  });

  it.each([
    ['v1', 'http://me:s3cret@', '', `Basic ${Buffer.from('me:s3cret').toString('base64')}`],
    ['v1', 'http://', 'user=u&pw=p', `Basic ${Buffer.from('u:p').toString('base64')}`],
    ['v2', 'http://', 'org=o&bucket=b&token=t', 'Token t'],
    ['v3', 'http://', 'token=t', 'Bearer t'],
  ])('asks %s in the name of %s%s', async (api, scheme, options, authorization) => {
    await using server = await startInfluxServer();
    server.authorization = authorization;
    const host = server.url.replace('http://', '');

    const report = await deliverTo(`influxdb:${scheme}${host}?api=${api}&levels=cluster&${options}`, BATCH);

    expect(report).toMatchObject({ delivered: report.encoded, rejected: 0 });
  });

  it('keeps a path of the address before the API’s own', async () => {
    await using server = await startInfluxServer();

    await deliverTo(`influxdb:${server.url}/insert/0/influx?levels=cluster`, BATCH);

    expect(server.requests[0]?.url.pathname).toBe('/insert/0/influx/write');
  });

  it('says at the start that certificates are not looked at', async () => {
    await (await open('influxdb:https://host?insecuressl=true')).close();

    expect(notices.map(({ notice }) => notice).join()).toMatch(/insecuressl=true: any certificate/);
  });

  it.each([
    ['influxdb:?api=v2', /api=v2 needs org= and bucket=/],
    ['influxdb:?bucket=b', /org= and bucket= need api=v2/],
    ['influxdb:?token=t', /token= needs api=v2 or api=v3/],
    ['influxdb:?api=v3&rp=x', /retention= and rp= need api=v1/],
    ['influxdb:?retention=long', /retention must be a duration like 30d/],
    ['influxdb:https://h?secure=false', /secure=false contradicts/],
    ['influxdb:host:8086', /needs an address that begins with http:\/\//],
  ])('refuses %s', async (uri, problem) => {
    await expect(open(uri)).rejects.toThrow(problem);
  });

  it('quotes the name of a database', () => {
    expect(createDatabaseStatement('a"b\\c', '0')).toBe(
      'CREATE DATABASE "a\\"b\\\\c" WITH DURATION INF NAME "default"',
    );
  });
});
