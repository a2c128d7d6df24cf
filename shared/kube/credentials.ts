import type { ClusterConnection } from '../clusters/connector.ts';
import type { Clock } from '../core/clock.ts';
import type { Deadline } from '../core/deadline.ts';
import { DeadlineError } from '../core/errors.ts';
import type { Millis } from '../core/units.ts';

export type AuthHeaders = Readonly<Record<string, string>>;

/** The headers that log requests in. Both reject with the connector's error, or `DeadlineError` if that came first. */
export interface Credentials {
  current(deadline: Deadline): Promise<AuthHeaders>;
  /** New headers after a 401: one renewal for all requests that are refused within `RENEWAL_REST`. */
  renewed(deadline: Deadline): Promise<AuthHeaders>;
}

/** A token that was just renewed and is refused again is not renewed for each of the other nodes. */
const RENEWAL_REST: Millis = 10_000;

export function createCredentials(connection: Pick<ClusterConnection, 'authenticate'>, clock: Clock): Credentials {
  let renewal: Promise<AuthHeaders> | undefined;
  let until = Number.POSITIVE_INFINITY;

  const renew = (deadline: Deadline): Promise<AuthHeaders> => {
    const started = connection.authenticate({ renew: true, deadline });
    renewal = started;
    until = Number.POSITIVE_INFINITY;
    const settle = (rest: Millis) => (): void => {
      if (renewal === started) until = clock.now() + rest;
    };
    started.then(settle(RENEWAL_REST), settle(0));
    return started;
  };

  return {
    current: (deadline) => untilDeadline(connection.authenticate({ renew: false, deadline }), deadline),
    renewed: (deadline) =>
      untilDeadline(renewal !== undefined && clock.now() < until ? renewal : renew(deadline), deadline),
  };
}

/** True if both would send the same: then asking again is useless. */
export function sameHeaders(one: AuthHeaders, other: AuthHeaders): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

/** Waits no longer than the deadline, whatever the connector does with its signal. */
async function untilDeadline<T>(work: Promise<T>, deadline: Deadline): Promise<T> {
  const { signal } = deadline;
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const onAbort = (): void =>
    reject(new DeadlineError('no credentials by the deadline', { code: 'deadline_exceeded' }));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, expired]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
