import type { Clock } from '../../core/clock.ts';
import { MINUTE, type Millis, type UnixMillis } from '../../core/units.ts';
import { untilAborted } from '../../identity/until-aborted.ts';
import type { HttpRequest } from '../http/http-client.ts';
import type { Authorizer } from './authorizer.ts';
import { credentialError } from './credential-error.ts';

/** Headers and when the token in them ends; undefined = not told. */
export interface ExpiringHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly until: UnixMillis | undefined;
}

/** A token is given up this long before its end: longer than any export takes. */
const MARGIN: Millis = 2 * MINUTE;
/** How long a token of unknown life is kept, and how long a source may take for one. */
const UNKNOWN_LIFE: Millis = 5 * MINUTE;
const LONGEST_LOAD: Millis = 30_000;

/**
 * Headers that are loaded once for all requests and kept below their life. A failed load is not kept. `load` gets
 * `fresh` after a refusal, when what libraries remember is of no use.
 */
export function createExpiringAuthorizer(deps: {
  readonly source: string;
  readonly clock: Clock;
  readonly load: (options: { readonly fresh: boolean; readonly signal: AbortSignal }) => Promise<ExpiringHeaders>;
}): Authorizer {
  const { source, clock } = deps;
  let known: { readonly headers: Readonly<Record<string, string>>; readonly until: UnixMillis } | undefined;
  let loading: Promise<Readonly<Record<string, string>>> | undefined;
  let fresh = false;

  const load = async (): Promise<Readonly<Record<string, string>>> => {
    try {
      const { headers, until } = await deps.load({ fresh, signal: AbortSignal.timeout(LONGEST_LOAD) });
      fresh = false;
      known = { headers, until: until === undefined ? clock.now() + UNKNOWN_LIFE : until - MARGIN };
      return headers;
    } finally {
      loading = undefined;
    }
  };
  return {
    source,
    async authorize(_request: HttpRequest, signal: AbortSignal) {
      if (known !== undefined && clock.now() < known.until) return known.headers;
      loading ??= load();
      try {
        return await untilAborted(loading, signal);
      } catch (error) {
        throw credentialError(source, error);
      }
    },
    renew() {
      known = undefined;
      fresh = true;
    },
  };
}
