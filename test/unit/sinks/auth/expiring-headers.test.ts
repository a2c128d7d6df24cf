import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../../shared/core/units.ts';
import { createExpiringAuthorizer, type ExpiringHeaders } from '../../../../shared/sinks/auth/expiring-headers.ts';
import type { HttpRequest } from '../../../../shared/sinks/http/http-client.ts';

const REQUEST: HttpRequest = { method: 'POST', url: new URL('https://h'), headers: {}, body: Buffer.alloc(0) };
const SIGNAL = new AbortController().signal;

function world(load: (count: number) => Promise<ExpiringHeaders>) {
  const state = { now: 0, loads: [] as boolean[] };
  const authorizer = createExpiringAuthorizer({
    source: 'the test',
    clock: { now: () => state.now, sleep: async () => {} },
    load: ({ fresh }) => load(state.loads.push(fresh)),
  });
  return { state, ask: (signal = SIGNAL) => authorizer.authorize(REQUEST, signal), renew: authorizer.renew };
}

const token = (count: number, until?: number): ExpiringHeaders => ({ headers: { token: String(count) }, until });

describe('headers with an end', () => {
  it('are loaded once for all who ask at once', async () => {
    const { state, ask } = world(async (count) => token(count, 60 * MINUTE));

    const all = await Promise.all([ask(), ask(), ask()]);

    expect(all).toEqual([{ token: '1' }, { token: '1' }, { token: '1' }]);
    expect(state.loads).toEqual([false]);
  });

  it('are loaded anew two minutes before their end, or after five if they tell none', async () => {
    const told = world(async (count) => token(count, 10 * MINUTE));
    const untold = world(async (count) => token(count));
    await Promise.all([told.ask(), untold.ask()]);

    told.state.now = 8 * MINUTE;
    untold.state.now = 5 * MINUTE - 1;

    expect(await told.ask()).toEqual({ token: '2' });
    expect(await untold.ask()).toEqual({ token: '1' });
  });

  it('are loaded anew after a refusal, and told so', async () => {
    const { state, ask, renew } = world(async (count) => token(count, 60 * MINUTE));

    await ask();
    renew();

    expect(await ask()).toEqual({ token: '2' });
    expect(await ask()).toEqual({ token: '2' });
    expect(state.loads).toEqual([false, true]);
  });

  it('that failed are not kept, and the failure names the source', async () => {
    const { ask } = world(async (count) => {
      if (count === 1) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      return token(count, 60 * MINUTE);
    });

    await expect(ask()).rejects.toMatchObject({
      message: 'no credentials from the test: refused',
      code: 'sink_credentials',
      retryable: true,
    });
    expect(await ask()).toEqual({ token: '2' });
  });

  it('keep nobody waiting whose signal aborts, and are there for the next', async () => {
    const gate = Promise.withResolvers<ExpiringHeaders>();
    const { ask, state } = world(() => gate.promise);

    const waiting = ask();
    const aborted = ask(AbortSignal.abort(new Error('too late')));
    await expect(aborted).rejects.toThrow('too late');
    gate.resolve(token(7, 60 * MINUTE));

    expect(await waiting).toEqual({ token: '7' });
    expect(state.loads).toHaveLength(1);
  });
});
