import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseUri } from '../../../shared/config/uri.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { MINUTE } from '../../../shared/core/units.ts';
import { openSink } from '../../../shared/sinks/registry.ts';
import { deliverTo } from '../../real/real-batch.ts';
import { type RemoteWriteServer, STALE_BITS, startRemoteWriteServer } from '../../sim/remote-write-server.ts';
import { lastMinute, nodeBatch } from './contract-batch.ts';

let server: RemoteWriteServer;

beforeEach(async () => {
  server = await startRemoteWriteServer('prometheus-3');
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
});

async function problemsOf(uri: string): Promise<string> {
  const opening = openSink(parseUri(uri, {}), { clock: systemClock, notice: () => {}, write: () => {} });
  return await opening.then(
    async (sink) => {
      await sink.close();
      return '';
    },
    (error: Error) => error.message,
  );
}

describe('remote write on the wire', () => {
  it('sends headers, parameters and external labels, and keeps labels of rows over them', async () => {
    const uri = `prometheus:${server.url}?headers=X-Scope-OrgID=team&query=api-version=2023-04-24&external_label=cluster=eu&external_label=nodename=none`;

    const report = await deliverTo(uri, nodeBatch(2));

    expect(report).toMatchObject({ delivered: 2 });
    expect(server.requests[0]?.headers['x-scope-orgid']).toBe('team');
    expect(server.requests[0]?.url.search).toBe('?api-version=2023-04-24');
    expect(server.requests[0]?.url.pathname).toBe('/api/v1/write');
    expect(server.stored.map(({ labels }) => Object.fromEntries(labels))).toEqual(
      ['node-000000', 'node-000001'].map((nodename) => expect.objectContaining({ cluster: 'eu', nodename })),
    );
  });

  it('says who asks: basic, bearer, sigv4 for Amazon Managed Prometheus', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-secret');
    const host = server.url.slice('http://'.length);

    await deliverTo(`prometheus:http://me:pw@${host}`, nodeBatch(1));
    await deliverTo(`prometheus:${server.url}?token=abc`, nodeBatch(1));
    await deliverTo(`prometheus:${server.url}?auth=sigv4&region=eu-west-1&aws_service=aps`, nodeBatch(1));

    const [basic, bearer, sigv4] = server.requests.map(({ headers }) => headers.authorization);
    expect(basic).toBe(`Basic ${Buffer.from('me:pw').toString('base64')}`);
    expect(bearer).toBe('Bearer abc');
    expect(sigv4).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/aps\/aws4_request, SignedHeaders=\S*content-encoding\S*, Signature=[0-9a-f]{64}$/,
    );
  });

  it('sends nothing that lies more than five minutes ahead', async () => {
    const batch = { ...nodeBatch(3), timestamp: lastMinute() + 7 * MINUTE };

    const report = await deliverTo(`prometheus:${server.url}`, batch);

    expect(report).toMatchObject({ delivered: 0, rejected: 3 });
    expect(report.problems[0]?.problem).toMatch(/more than five minutes ahead/);
    expect(server.requests).toEqual([]);
  });

  it('marks what has ended in requests of no points, within the selection', async () => {
    const batch = { ...nodeBatch(1), ended: { ...nodeBatch(3), timestamp: nodeBatch(0).timestamp } };

    const report = await deliverTo(`prometheus:${server.url}`, batch);
    const unselected = await deliverTo(`prometheus:${server.url}?levels=pod`, batch);

    expect(report).toMatchObject({ encoded: 1, delivered: 1, requests: 2, problems: [] });
    expect(unselected).toMatchObject({ encoded: 0, requests: 0 });
    expect(server.ended.map(({ bits, timestamp }) => [bits, timestamp])).toEqual(
      Array.from({ length: 2 }, () => [STALE_BITS, batch.timestamp - 1]),
    );
    expect(server.stored.map(({ value, timestamp }) => [value, timestamp])).toEqual([[0.5, batch.timestamp]]);
  });

  it.each([
    ['', /needs an address/],
    ['ftp://host', /begins with http/],
    ['http://h?external_label=a-b=c', /external_label has "a-b", which is no label name/],
    ['http://h?external_label=a=', /external_label has no value for a/],
    ['http://h?external_label=a=1&external_label=a=2', /external_label has a name twice/],
    ['http://h?headers=Content-Type=x', /headers cannot set content-type/],
    ['http://h?headers=novalue', /headers must be NAME=VALUE/],
    ['http://h?auth=google', /auth must be one of none, basic, bearer, sigv4, entra/],
  ])('refuses prometheus:%s with what is wrong', async (rest, words) => {
    expect(await problemsOf(`prometheus:${rest}`)).toMatch(words);
  });

  it('never shows the value of a header', async () => {
    const problem = await problemsOf('prometheus:http://h?headers=X-Key=hunter2%00');

    expect(problem).toMatch(/has a value of X-Key that no header can have/);
    expect(problem).not.toContain('hunter2');
  });
});
