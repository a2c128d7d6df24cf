import { expect, it } from 'vitest';
import type { Runtime } from '../../../shared/app/runtime.ts';
import { withoutRepeats } from '../../../shared/app/without-repeats.ts';
import { createLanes } from '../../../shared/delivery/lane.ts';
import { createFakeSink } from '../delivery/fake-sink.ts';

it('a tick that is run again has the places in flight that its sinks have', () => {
  const [one, other] = [1, 2].map(() => createFakeSink({ send: async () => ({ status: 'delivered' }) }));
  const runtime = { sinks: [one, other], lanes: createLanes() } as unknown as Runtime;
  const again = withoutRepeats(runtime);

  expect(again.lanes.of(again.sinks[0]!)).toBe(runtime.lanes.of(runtime.sinks[0]!));
  expect(again.lanes.of(again.sinks[1]!)).toBe(runtime.lanes.of(runtime.sinks[1]!));
  expect(again.lanes.of(again.sinks[0]!)).not.toBe(again.lanes.of(again.sinks[1]!));
});
