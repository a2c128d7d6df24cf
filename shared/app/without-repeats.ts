import type { Lanes } from '../delivery/lane.ts';
import type { EncodeRejection, Sink } from '../sinks/sink.ts';
import type { Runtime } from './runtime.ts';

const REASON =
  'an earlier run of this tick did not finish and may have sent it: not sent again, as a copy would count twice';

/** The runtime for a tick that is run again: of what a second copy would change nothing is sent, all else replaces itself. */
export function withoutRepeats(runtime: Runtime): Runtime {
  const originals = new Map(runtime.sinks.map((sink) => [withoutCopies(sink), sink]));
  // What is sent for it counts among its requests in flight.
  const lanes: Lanes = { of: (sink) => runtime.lanes.of(originals.get(sink) ?? sink) };
  return { ...runtime, sinks: [...originals.keys()], lanes };
}

function withoutCopies(sink: Sink): Sink {
  return {
    ...sink,
    *encode(batch, reject: (rejection: EncodeRejection) => void) {
      for (const request of sink.encode(batch, reject)) {
        if (request.idempotent) yield request;
        else reject({ points: request.points, reason: REASON });
      }
    },
  };
}
