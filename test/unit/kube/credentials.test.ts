import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/core/clock.ts';
import { createDeadline } from '../../../shared/core/deadline.ts';
import { createCredentials } from '../../../shared/kube/credentials.ts';

const deadline = () => createDeadline(Date.now() + 5_000, systemClock);

/** A connector that counts renewals, and a clock that stands still until it is moved. */
function setUp(answer: (count: number) => Promise<Readonly<Record<string, string>>>) {
  const state = { now: 0, renewals: 0 };
  const clock = { now: () => state.now, sleep: () => Promise.resolve() };
  const authenticate = ({ renew }: { readonly renew: boolean }) => answer(renew ? ++state.renewals : 0);
  return { state, credentials: createCredentials({ authenticate }, clock) };
}

describe('createCredentials', () => {
  it('renews once for all that ask together and for those that ask soon after', async () => {
    const { credentials, state } = setUp((n) => Promise.resolve({ authorization: `Bearer ${n}` }));

    const together = await Promise.all([1, 2, 3].map(() => credentials.renewed(deadline())));
    state.now = 9_000;
    const soon = await credentials.renewed(deadline());
    state.now = 11_000;
    const later = await credentials.renewed(deadline());

    expect(together.map((headers) => headers['authorization'])).toEqual(['Bearer 1', 'Bearer 1', 'Bearer 1']);
    expect([soon, later].map((headers) => headers['authorization'])).toEqual(['Bearer 1', 'Bearer 2']);
  });

  it('tries a failed renewal again for the next one', async () => {
    const { credentials, state } = setUp((n) => (n === 1 ? Promise.reject(new Error('no')) : Promise.resolve({})));

    await expect(credentials.renewed(deadline())).rejects.toThrow('no');
    await credentials.renewed(deadline());

    expect(state.renewals).toBe(2);
  });

  it('rejects at the deadline although the connector goes on', async () => {
    const { credentials } = setUp(() => new Promise(() => undefined));
    const passed = createDeadline(Date.now() - 1, systemClock);

    await expect(credentials.current(passed)).rejects.toThrow('no credentials by the deadline');
  });
});
