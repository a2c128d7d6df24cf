import { describe, expect, it } from 'vitest';
import { UnsentRows } from '../../../shared/app/unsent-rows.ts';

const PATIENT = new AbortController().signal;

/** Whether the promise is fulfilled once all that can happen has happened. */
async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

describe('UnsentRows', () => {
  it('lets nodes be asked while the rows of few wait', async () => {
    const unsent = new UnsentRows(200);
    using _held = unsent.hold(199);

    expect(await isDone(unsent.admit(PATIENT))).toBe(true);
  });

  it('holds nodes back until sinks have taken enough', async () => {
    const unsent = new UnsentRows(200);
    const first = unsent.hold(100);
    const second = unsent.hold(150);
    const waiting = [unsent.admit(PATIENT), unsent.admit(PATIENT)];

    expect(await Promise.all(waiting.map(isDone))).toEqual([false, false]);
    first[Symbol.dispose]();
    expect(await Promise.all(waiting.map(isDone))).toEqual([true, true]);
    second[Symbol.dispose]();
  });

  it('goes on waiting if others were as fast', async () => {
    const unsent = new UnsentRows(100);
    const first = unsent.hold(100);
    const waiting = unsent.admit(PATIENT);
    first[Symbol.dispose]();
    const second = unsent.hold(100);

    expect(await isDone(waiting)).toBe(false);
    second[Symbol.dispose]();
    expect(await isDone(waiting)).toBe(true);
  });

  it('does not let sinks cost nodes their answer', async () => {
    const unsent = new UnsentRows(100);
    const patience = new AbortController();
    using _held = unsent.hold(100);
    const waiting = unsent.admit(patience.signal);

    expect(await isDone(waiting)).toBe(false);
    patience.abort();
    expect(await isDone(waiting)).toBe(true);
    expect(await isDone(unsent.admit(patience.signal))).toBe(true);
  });
});
