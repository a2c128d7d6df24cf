import { describe, expect, it } from 'vitest';
import { createSlowStart } from '../../../shared/fanout/slow-start.ts';

/** An event loop whose times are told, and what watches it. */
function loop() {
  const times = { idle: 1_000, active: 500 };
  const hasRoom = createSlowStart(() => ({ ...times })).watch();
  return (idle: number, active: number): boolean => {
    times.idle += idle;
    times.active += active;
    return hasRoom();
  };
}

describe('the slow start', () => {
  it('sees room when the event loop has waited as long as it worked', () => {
    const isRoomAfter = loop();

    expect(isRoomAfter(10, 0)).toBe(true);
    expect(isRoomAfter(5, 5)).toBe(true);
    expect(isRoomAfter(4, 6)).toBe(false);
    expect(isRoomAfter(0, 10)).toBe(false);
  });

  it('counts only what was since it was asked last', () => {
    const isRoomAfter = loop();

    expect(isRoomAfter(100, 0)).toBe(true);
    expect(isRoomAfter(0, 20)).toBe(false);
  });

  it('sees room a quarter of a second after the last time in any case: the loop may be busy with something else', () => {
    const isRoomAfter = loop();

    expect(isRoomAfter(0, 249)).toBe(false);
    expect(isRoomAfter(0, 1)).toBe(true);
    expect(isRoomAfter(0, 200)).toBe(false);
    expect(isRoomAfter(10, 39)).toBe(false);
    expect(isRoomAfter(0, 1)).toBe(true);
  });

  it('reads the times of this process if it is given none', async () => {
    const hasRoom = createSlowStart().watch();
    await new Promise((resolve) => setTimeout(resolve, 20));

    expect(typeof hasRoom()).toBe('boolean');
    expect(performance.eventLoopUtilization().idle).toBeGreaterThan(0);
  });
});
