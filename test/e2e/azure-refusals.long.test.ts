import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AzureApp, STRANGER, type TimerRun } from '../support/azure-stack.ts';
import { type AzureWorld, reportOf, startAzureWorld } from '../support/azure-world.ts';

/** What a process writes comes through its pipe when it comes. */
const SOON = { timeout: 10_000 };

let world: AzureWorld;
let app: AzureApp;
let sentBefore: number;

beforeAll(async () => {
  world = await startAzureWorld({ nodes: 2, podsPerNode: 2 }, { HEAPLESS_SHARD_SIZE: '1' });
  app = await world.startApp();
}, 120_000);

beforeEach(() => {
  sentBefore = world.backend.requests.length;
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
}, 30_000);

/** Starts an app with other settings, runs its next minute, and ends it. */
async function runWith(settings: Readonly<Record<string, string>>): Promise<TimerRun> {
  await using other = await world.startApp(settings);
  return await world.nextMinute(other);
}

/** The timer's value, as a host writes it. */
function timerAt(next: string | undefined, isPastDue = false): unknown {
  const status = { Last: '0001-01-01T00:00:00', LastUpdated: '0001-01-01T00:00:00', Next: next };
  return { Schedule: { AdjustForDST: true }, ScheduleStatus: status, IsPastDue: isPastDue };
}

function minutesAgo(minutes: number): string {
  return new Date(Math.floor(world.clock.now() / 60_000 - minutes) * 60_000).toISOString();
}

describe('a timer', () => {
  it.each([
    ['without a status', () => ({ Schedule: { AdjustForDST: true }, IsPastDue: false }), /next must be the ISO time/],
    ['without a time', () => timerAt(undefined), /scheduleStatus.next must be the ISO time of the run, got nothing/],
    ['with a time that is none', () => timerAt('soon'), /got "soon"/],
    ['of an hour ago', () => timerAt(minutesAgo(60)), /is 36\d\d s late \(the event is old\)/],
    ['past due after a standstill', () => timerAt(minutesAgo(9), true), /the app stood still.*nothing is exported/],
  ])('%s is refused, and nothing is exported', async (_, value, said) => {
    const run = await app.fire({ value: value() });

    expect(run.error).toMatch(said);
    expect(run.result).toBeUndefined();
    await expect
      .poll(() => app.events('function_failed').at(-1), SOON)
      .toMatchObject({ code: 'event_invalid', function: 'tick' });
    expect(world.backend.requests.length).toBe(sentBefore);
  });

  it('that is past due by less than a minute is run under its own minute', async () => {
    const next = minutesAgo(0);

    const run = await app.fire({ value: timerAt(next, true) });

    expect(reportOf(run)).toMatchObject({ status: 'whole', timestamp: Date.parse(next) });
  });
});

describe('an app whose nodes hang', () => {
  it('is back, with a report, before the host ends its worker', async () => {
    const settings = { AzureFunctionsJobHost__functionTimeout: '00:00:08', HEAPLESS_NODE_TIMEOUT: '30s' };
    await using other = await world.startApp({ ...settings, HEAPLESS_SCRAPE_TIMEOUT: '60s' });
    world.cluster.setFault('demo-node-1', { kind: 'hang' });
    try {
      const report = reportOf(await world.nextMinute(other));

      expect(report).toMatchObject({ status: 'partial', nodes: { planned: 2, answered: 1 } });
    } finally {
      world.cluster.setFault('demo-node-1', undefined);
    }
  }, 60_000);
});

describe('a call by HTTP', () => {
  const REQUEST = { version: 1, endBy: 0 };

  it.each([
    ['no token', async () => ({}), 401, 'no bearer token is shown'],
    [
      'a function key instead of a token',
      async () => ({ 'x-functions-key': 'master' }),
      401,
      'function keys are not taken',
    ],
    [
      'a token for the resource manager',
      async () => bearer(await world.stack.cloud.token({ aud: 'https://management.azure.com' })),
      401,
      'unexpected "aud" claim value',
    ],
    [
      'a token that has ended',
      async () => bearer(await world.stack.cloud.token({}, { expiresIn: -3_600 })),
      401,
      '"exp" claim timestamp check failed',
    ],
    [
      "a token that is not the directory's",
      async () => bearer(await world.stack.cloud.token({}, { stranger: true })),
      401,
      'signature verification failed',
    ],
    [
      'a token of another identity of the directory',
      async () => bearer(await world.stack.cloud.token({ oid: STRANGER.objectId, appid: STRANGER.clientId })),
      403,
      `${STRANGER.objectId} may not call this function`,
    ],
  ])('with %s is refused', async (_, headers, status, said) => {
    for (const name of ['scrape', 'reduce']) {
      const answer = await app.call(name, REQUEST, await headers());

      expect([answer.status, await answer.json()]).toEqual([
        status,
        {
          error: {
            code: status === 401 ? 'caller_unknown' : 'caller_forbidden',
            message: expect.stringContaining(said),
          },
        },
      ]);
    }
    await expect
      .poll(() => app.events('call_refused').at(-1), SOON)
      .toMatchObject({ level: 'warn', function: 'reduce' });
    expect(world.backend.requests.length).toBe(sentBefore);
  });

  it.each([
    ['no JSON', 'hello', 'is no JSON'],
    ['another document', { hello: 'world' }, 'scrape: this is no request of this version'],
    ['a request of another version', { version: 2, endBy: 0 }, 'all functions are deployed together'],
  ])('of ourselves with %s is refused', async (_, body, said) => {
    const answer = await app.call('scrape', body, bearer(await world.stack.cloud.token()));

    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error: { code: 'event_invalid', message: expect.stringContaining(said) } });
  });

  it('finds nobody let in by an app that does not know its callers, and no word about why', async () => {
    await using other = await world.startApp({ HEAPLESS_AZURE_CALLERS: '' });

    const answer = await other.call('scrape', REQUEST, bearer(await world.stack.cloud.token()));

    expect(answer.status).toBe(500);
    expect(await answer.json()).toEqual({
      error: { code: 'caller_unchecked', message: 'callers cannot be checked; see the log of this function' },
    });
    await expect
      .poll(() => other.events('function_failed'), SOON)
      .toMatchObject([{ code: 'config_invalid', message: expect.stringContaining('HEAPLESS_AZURE_CALLERS') }]);
  });
});

describe('an app that is deployed wrongly', () => {
  const CLOSED = 'http://127.0.0.1:1';

  it.each([
    ['without an identity', () => ({ IDENTITY_HEADER: 'wrong' }), /^(state|kubernetes).*(azblob|managed|identity)/i],
    [
      'with an identity that there is not',
      () => ({ AZURE_CLIENT_ID: 'cccccccc-0000-4000-8000-00000000000f' }),
      /state azblob:.*give the function a managed identity/,
    ],
    [
      'without the role at the blobs',
      () => ({ HEAPLESS_STATE: `azblob://acme/state/heapless?endpoint=${encodeURIComponent(world.stack.cloud.url)}` }),
      /AuthorizationPermissionMismatch.*Storage Blob Data Contributor/,
    ],
    [
      'without a container',
      () => ({ HEAPLESS_STATE: world.stack.stateUri('no-such-container') }),
      /ContainerNotFound.*create the container/,
    ],
    ['without state', () => ({ HEAPLESS_STATE: '' }), /HEAPLESS_STATE: is not set; write azblob:/],
    [
      'with an address that sends tokens in the clear',
      () => ({ HEAPLESS_AZURE_URL: 'http://heapless.azurewebsites.net' }),
      /HEAPLESS_AZURE_URL: must be https:\/\//,
    ],
    [
      'without the audience',
      () => ({ HEAPLESS_AZURE_AUDIENCE: '' }),
      /HEAPLESS_AZURE_AUDIENCE: must be the App ID URI/,
    ],
    [
      'with an option that its sink does not have',
      () => ({ HEAPLESS_SINK: 'log:?nope=1' }),
      /sink log: unknown option "nope"/,
    ],
  ])('%s says what to do and exports nothing', async (_, settings, said) => {
    const run = await runWith(settings());

    expect(run.error).toMatch(said);
    expect(world.backend.requests.length).toBe(sentBefore);
  });

  it.each([
    ['the address of nobody', { HEAPLESS_AZURE_URL: CLOSED }, /could not be called: fetch failed/],
    [
      'an app registration that there is not',
      { HEAPLESS_AZURE_AUDIENCE: 'api://eeeeeeee-1111-4111-8111-111111111111' },
      /no token of our identity: .*AADSTS500011/s,
    ],
    [
      'an identity that is not in the list',
      { HEAPLESS_AZURE_CALLERS: STRANGER.objectId },
      /refused with HTTP 403.*must be in HEAPLESS_AZURE_CALLERS/,
    ],
    [
      'requests that the platform does not take',
      { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '100' },
      /refused with HTTP 413; lower HEAPLESS_SHARD_SIZE/,
    ],
  ])('calls its functions with %s: the minute is lost, loudly', async (_, settings, said) => {
    const before = podPoints();
    await using other = await world.startApp(settings);

    const run = await world.nextMinute(other);

    expect(before).toBeGreaterThan(0);
    expect(run.error).toMatch(/^cluster demo: nothing for /);
    await expect.poll(() => JSON.stringify(other.events('tick').at(0)), SOON).toMatch(said);
    expect(podPoints()).toBe(before);
  });
});

/** Points of pods that the backend has. */
function podPoints(): number {
  return world.backend.stored.filter(({ metric }) => metric.startsWith('cpu/')).length;
}

function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` };
}
