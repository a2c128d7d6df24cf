import { describe, expect, it } from 'vitest';
import { createSlotTemplate } from '../../bench/slot-template.ts';

const START = 1_790_000_000;

describe('createSlotTemplate', () => {
  it('renders numbers, times and names of one width', () => {
    const template = createSlotTemplate(
      (slot) => ({
        name: `node-${slot({ kind: 'node' })}`,
        team: `team-${slot({ kind: 'spread', offset: 3, modulus: 10 })}`,
        cpu: slot({ kind: 'counter', base: 1_000_000_000_000, rate: 5_000_000, perNode: 7, age: 0 }),
        avg: `${slot({ kind: 'gauge', base: 20, step: 1, age: 0 })}.73`,
        time: slot({ kind: 'time', age: 4 }),
      }),
      { start: START, indent: 1 },
    );
    const target = template.allocate();

    template.render(target, { node: 42, second: START + 60 });

    const document = JSON.parse(target.toString()) as Record<string, unknown>;
    expect(document).toMatchObject({ name: 'node-00042', team: 'team-07', cpu: 1_000_300_000_294 });
    expect(document['time']).toBe(new Date((START + 56) * 1_000).toISOString().replace('.000', ''));
    expect(document['avg']).toBeGreaterThanOrEqual(20.73);
    expect(target.length).toBe(template.bytes);
    expect(target.toString()).toContain('\n "team"');
  });

  it('fills every slot anew, so that a buffer can be used again', () => {
    const template = createSlotTemplate(
      (slot) => [slot({ kind: 'counter', base: 5_000_000, rate: 1, perNode: 1, age: 0 }), slot({ kind: 'node' })],
      { start: START, indent: 0 },
    );
    const target = template.allocate();
    template.render(target, { node: 999, second: START + 3_000 });

    template.render(target, { node: 1, second: START + 2 });

    expect(target.toString()).toContain('5000003');
    expect(target.toString()).toContain('"00001"');
  });

  it.each([
    { base: 90_000, rate: 1_000, perNode: 0, age: 0 },
    { base: 1_000, rate: 1, perNode: 0, age: 5 },
  ])('refuses a counter whose width could change: %o', (counter) => {
    expect(() =>
      createSlotTemplate((slot) => [slot({ kind: 'counter', ...counter })], { start: START, indent: 0 }),
    ).toThrow(RangeError);
  });
});
