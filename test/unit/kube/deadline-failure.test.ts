import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/core/clock.ts';
import { createDeadline } from '../../../shared/core/deadline.ts';
import { deadlineFailure } from '../../../shared/kube/deadline-failure.ts';

describe('deadlineFailure', () => {
  const reasonOf = (left: number, times: { asked: number; placed: number | undefined; now: number }) => {
    using deadline = createDeadline(Date.now() + left, systemClock);
    return deadlineFailure(deadline, times).reason;
  };

  it('is timeout when the request was in flight up to its own deadline', () => {
    expect(reasonOf(0, { asked: 0, placed: 10, now: 1_000 })).toBe('timeout');
  });

  it('is late when something ended it before its own deadline', () => {
    expect(reasonOf(5_000, { asked: 0, placed: 10, now: 1_000 })).toBe('late');
  });

  it.each([undefined, 600])('is late when it got its place at %s of 1000 ms', (placed) => {
    expect(reasonOf(0, { asked: 0, placed, now: 1_000 })).toBe('late');
  });
});
