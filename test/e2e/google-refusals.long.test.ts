import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startDemoCluster } from '../../functions/local/demo/demo-cluster.ts';
import type { DemoCluster } from '../../functions/local/demo/demo-types.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { MINUTE, SECOND } from '../../shared/core/units.ts';
import { type MonitoringServer, startMonitoringServer } from '../sim/monitoring-server.ts';
import {
  type AppEnv,
  accountOf,
  type FunctionName,
  type GoogleAnswer,
  type GoogleApp,
  type GoogleStack,
  reportOf,
  startGoogleStack,
  urlOf,
} from '../support/google-stack.ts';

let now = Math.floor(Date.now() / MINUTE) * MINUTE + SECOND;
let cluster: DemoCluster;
let backend: MonitoringServer;
let stack: GoogleStack;
let app: GoogleApp;
let written: number;

beforeAll(async () => {
  cluster = await startDemoCluster({ nodes: 2, podsPerNode: 2, clock: { now: () => now, sleep: systemClock.sleep } });
  backend = await startMonitoringServer({ now: () => now });
  stack = await startGoogleStack({
    now,
    secrets: { kubeconfig: cluster.kubeconfig() },
    env: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference as it is written
      HEAPLESS_SOURCE: 'kubernetes.summary_api:?inClusterConfig=false&auth=${secret:kubeconfig}',
      HEAPLESS_SINK: `stackdriver:?project=acme&endpoint=${encodeURIComponent(backend.url)}`,
      HEAPLESS_CLUSTER_NAME: 'demo',
      HEAPLESS_SHARD_SIZE: '1',
    },
  });
  app = await stack.startApp();
}, 120_000);

beforeEach(() => {
  written = backend.written.length;
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await backend?.[Symbol.asyncDispose]();
  await cluster?.close();
}, 30_000);

/** Starts functions with other settings, runs the next minute, and ends them. */
async function runWith(env: AppEnv): Promise<GoogleAnswer> {
  await using other = await stack.startApp(env);
  return await nextMinute(other);
}

async function nextMinute(one: GoogleApp): Promise<GoogleAnswer> {
  now += MINUTE;
  await one.setClock(now);
  return await one.schedule(now - (now % MINUTE));
}

const all = (env: Readonly<Record<string, string>>): AppEnv => ({ all: env });
const of = (name: FunctionName, env: Readonly<Record<string, string>>): AppEnv => ({ of: { [name]: env } });
const shown = ({ status, body }: GoogleAnswer): string => `${status} ${JSON.stringify(body)}`;
const bearer = (token: string): Readonly<Record<string, string>> => ({ authorization: `Bearer ${token}` });

describe('a minute on Google', () => {
  it('is in Cloud Monitoring as the report says, and a second delivery of its run adds nothing', async () => {
    const report = reportOf(await nextMinute(app));
    const delivered = backend.written.length - written;
    const again = reportOf(await app.schedule(report.timestamp));

    expect(report).toMatchObject({ status: 'whole', shards: { planned: 2, answered: 2 } });
    expect(report.sinks).toMatchObject([{ sink: 'stackdriver', delivered, rejected: 0, dropped: 0 }]);
    expect(again).toMatchObject({ status: 'skipped', reason: expect.stringContaining('done') });
    expect(backend.written.length).toBe(written + delivered);
  }, 60_000);
});

describe('a run', () => {
  const header = 'x-cloudscheduler-scheduletime';
  const iso = (time: number): string => new Date(time).toISOString();

  it.each([
    ['without its time', () => ({ [header]: undefined }), 400, /X-CloudScheduler-ScheduleTime must be the ISO time/],
    ['with a time that is none', () => ({ [header]: 'soon' }), 400, /got \\"soon\\"/],
    ['of an hour ago', () => ({ [header]: iso(now - 60 * MINUTE) }), 400, /is 3600 s late: nothing is exported/],
    ['of the next minute', () => ({ [header]: iso(now + MINUTE) }), 400, /is 60 s ahead of our clock/],
    ['without a token', () => ({ authorization: undefined }), 401, /no bearer token is shown/],
  ])('%s is refused, and nothing is exported', async (_, headers, status, said) => {
    const answer = await app.schedule(now, headers());

    expect(answer.status).toBe(status);
    expect(shown(answer)).toMatch(said);
    expect(backend.written.length).toBe(written);
  });
});

describe('a stranger at a function that is open to all', () => {
  const REQUEST = { version: 1, endBy: 0 };
  const US = accountOf('tick');

  it.each([
    ['no token', async () => ({}), 401, 'no bearer token is shown'],
    [
      'a token for another function',
      async () => bearer(await stack.cloud.token(urlOf('reduce'), US)),
      401,
      '"aud" claim',
    ],
    [
      'a token of another issuer',
      async () => bearer(await stack.cloud.token(urlOf('scrape'), US, { iss: 'https://evil.example' })),
      401,
      '"iss" claim',
    ],
    [
      'a token that has ended',
      async () => bearer(await stack.cloud.token(urlOf('scrape'), US, {}, { expiresIn: -3_600 })),
      401,
      '"exp" claim timestamp check failed',
    ],
    [
      "a token that is not Google's",
      async () => bearer(await stack.cloud.token(urlOf('scrape'), US, {}, { stranger: true })),
      401,
      'signature verification failed',
    ],
    [
      'a token without a signature',
      async () =>
        bearer((await stack.cloud.token(urlOf('scrape'), US)).replace(/[^.]*$/, 'SIGNATURE_REMOVED_BY_GOOGLE')),
      401,
      'its signature was taken away',
    ],
    [
      'a token without a verified address',
      async () => bearer(await stack.cloud.token(urlOf('scrape'), US, { email_verified: false })),
      401,
      'not verified',
    ],
    [
      'a token of another account',
      async () => bearer(await stack.cloud.token(urlOf('scrape'), 'stranger@acme.iam.gserviceaccount.com')),
      403,
      'stranger@acme.iam.gserviceaccount.com may not call this function',
    ],
  ])('with %s is refused', async (_, headers, status, said) => {
    const answer = await app.call('scrape', REQUEST, await headers());

    expect(answer).toEqual({
      status,
      body: {
        error: {
          code: status === 401 ? 'caller_unknown' : 'caller_forbidden',
          message: expect.stringContaining(said),
        },
      },
    });
    expect(backend.written.length).toBe(written);
  });

  it('is told by the log with the severity of Cloud Logging', () => {
    expect(app.events('call_refused').at(-1)).toMatchObject({ severity: 'WARNING', function: 'scrape' });
  });
});

describe('functions that are deployed wrongly', () => {
  it.each([
    ['without state', () => of('tick', { HEAPLESS_STATE: '' }), /HEAPLESS_STATE: is not set; write gs:/],
    ['without a service account', (): AppEnv => ({ nobody: ['tick'] }), /service account/],
    [
      'with a bucket that there is not',
      () => all({ HEAPLESS_STATE: `gs://nobody/x?endpoint=${encodeURIComponent(stack.cloud.storage)}` }),
      /create the bucket or correct its name/,
    ],
    [
      'with an address that sends tokens in the clear',
      () => of('tick', { HEAPLESS_GCP_SCRAPE_URL: 'http://scrape' }),
      /HEAPLESS_GCP_SCRAPE_URL: must be an https:/,
    ],
    [
      'with an option that its sink does not have',
      () => all({ HEAPLESS_SINK: 'log:?nope=1' }),
      /sink log: unknown option/,
    ],
    [
      'with the region of nobody',
      () => of('tick', { HEAPLESS_GCP_SCRAPE_URL: urlOf('scrape').replace('west1', 'west9') }),
      /cluster demo: nothing for/,
    ],
    [
      'with the address of another project',
      () => of('tick', { HEAPLESS_GCP_SCRAPE_URL: urlOf('scrape').replace('123456', '999999') }),
      /cluster demo: nothing for/,
    ],
    [
      'with callers of another name',
      () => of('scrape', { HEAPLESS_GCP_CALLERS: 'other@acme.iam.gserviceaccount.com' }),
      /cluster demo: nothing for/,
    ],
  ])(
    '%s say what to do and lose the minute loudly',
    async (_, env, said) => {
      const answer = await runWith(env());

      expect(answer.status).toBe(500);
      expect(shown(answer)).toMatch(said);
    },
    60_000,
  );

  it('tell the role that is missing, and the size that is too large', async () => {
    await using other = await stack.startApp();
    const scrape = new URL(urlOf('scrape')).host;
    const service = stack.cloud.services.get(scrape);
    stack.cloud.services.set(scrape, { port: service?.port ?? 0, invokers: [] });
    const forbidden = await nextMinute(other);
    stack.cloud.services.set(scrape, { port: service?.port ?? 0, invokers: [accountOf('tick')] });
    stack.cloud.maxBytes = 100;
    const large = await nextMinute(other);
    stack.cloud.maxBytes = 33_554_432;

    const warnings = other.events('tick').map(({ report }) => JSON.stringify(report));
    expect([forbidden.status, large.status]).toEqual([500, 500]);
    expect(warnings[0]).toMatch(/refused with HTTP 403; the tick's service account needs roles\/run.invoker/);
    expect(warnings[1]).toMatch(/refused with HTTP 413; lower HEAPLESS_SHARD_SIZE/);
  }, 60_000);
});
