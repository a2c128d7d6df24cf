import type { Clock } from '../core/clock.ts';
import type { UnixMillis } from '../core/units.ts';
import { untilAborted } from '../identity/until-aborted.ts';
import type { ClusterConnection } from './connector.ts';

/** Headers that log requests in, and until when they may be reused. */
export interface LoginHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly until: UnixMillis;
}

/**
 * The `authenticate` of a connection. Headers are kept until they end; however many requests ask at once, `load` runs
 * once. With `renew` it is asked for new ones even if the old have not ended. A failed load is not kept.
 */
export function createLogin(deps: {
  readonly load: (options: { readonly renew: boolean }) => Promise<LoginHeaders>;
  readonly first: LoginHeaders | undefined;
  readonly clock: Clock;
}): ClusterConnection['authenticate'] {
  let known = deps.first;
  let loading: Promise<LoginHeaders> | undefined;
  const load = async (renew: boolean): Promise<LoginHeaders> => {
    try {
      known = await deps.load({ renew });
      return known;
    } finally {
      loading = undefined;
    }
  };
  return async ({ renew, deadline }) => {
    if (!renew && known !== undefined && deps.clock.now() < known.until) return known.headers;
    loading ??= load(renew);
    return (await untilAborted(loading, deadline.signal)).headers;
  };
}
