import type { Clock } from '../../shared/core/clock.ts';
import { MINUTE, type Millis, type UnixMillis } from '../../shared/core/units.ts';
import { untilAborted } from '../../shared/identity/until-aborted.ts';

/** A token and when it ends. */
export interface Token {
  readonly text: string;
  readonly until: UnixMillis;
}

/** A token is given up this long before its end: longer than a call takes. */
const MARGIN: Millis = 2 * MINUTE;
/** How long the platform may take for one. */
const LONGEST_LOAD: Millis = 10_000;

/**
 * The `Authorization` header of our identity, asked for once for all calls and kept below its life: a tick calls all its
 * shards at the same moment. A failed load is not kept.
 */
export function createSharedToken(deps: {
  readonly clock: Clock;
  readonly load: (signal: AbortSignal) => Promise<Token>;
}): (signal: AbortSignal) => Promise<string> {
  let known: Token | undefined;
  let loading: Promise<Token> | undefined;
  const load = async (): Promise<Token> => {
    try {
      known = await deps.load(AbortSignal.timeout(LONGEST_LOAD));
      return known;
    } finally {
      loading = undefined;
    }
  };
  return async (signal) => {
    if (known === undefined || deps.clock.now() >= known.until - MARGIN) {
      loading ??= load();
      await untilAborted(loading, signal);
    }
    if (known === undefined) throw new Error('the platform gave no token');
    return `Bearer ${known.text}`;
  };
}
