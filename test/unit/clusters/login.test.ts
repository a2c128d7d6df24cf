import { describe, expect, it } from 'vitest';
import { createLogin } from '../../../shared/clusters/login.ts';
import { createDeadline } from '../../../shared/core/deadline.ts';
import { testClock } from './fixtures.ts';

describe('createLogin', () => {
  it('does not keep a load that failed', async () => {
    const clock = testClock(0);
    const answers = ['bad', 'good'];
    const load = async () => {
      const answer = answers.shift() ?? 'none';
      if (answer === 'bad') throw new Error('no');
      return { headers: { authorization: answer }, until: 10 };
    };
    const authenticate = createLogin({ load, first: undefined, clock });
    using deadline = createDeadline(1_000, clock);
    await expect(authenticate({ renew: false, deadline })).rejects.toThrow('no');
    expect(await authenticate({ renew: false, deadline })).toEqual({ authorization: 'good' });
  });

  it('gives up at the deadline and lets the load go on for the next', async () => {
    const clock = testClock(0);
    const gate = Promise.withResolvers<void>();
    const load = async () => {
      await gate.promise;
      return { headers: { authorization: 'late' }, until: 10 };
    };
    const authenticate = createLogin({ load, first: undefined, clock });
    using passed = createDeadline(0, clock);
    using ample = createDeadline(1_000, clock);
    await expect(authenticate({ renew: false, deadline: passed })).rejects.toThrow('the deadline has passed');
    const next = authenticate({ renew: false, deadline: ample });
    gate.resolve();
    expect(await next).toEqual({ authorization: 'late' });
  });
});
