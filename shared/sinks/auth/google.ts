import type { GoogleAuth } from 'google-auth-library';
import type { Clock } from '../../core/clock.ts';
import type { Authorizer } from './authorizer.ts';
import { createExpiringAuthorizer } from './expiring-headers.ts';

const SOURCE = 'the Google application default credentials';

/**
 * A token of the application default credentials: key file, workload identity federation, or the metadata server. The
 * library adds the quota project to the headers if the credentials name one.
 */
export function createGoogleAuthorizer(options: {
  readonly scope: string;
  readonly clock: Clock;
  readonly GoogleAuth: typeof GoogleAuth;
}): Authorizer {
  const open = (): GoogleAuth => new options.GoogleAuth({ scopes: options.scope });
  let auth: GoogleAuth | undefined;
  return createExpiringAuthorizer({
    source: SOURCE,
    clock: options.clock,
    async load({ fresh }) {
      if (fresh || auth === undefined) auth = open();
      try {
        const client = await auth.getClient();
        const headers = Object.fromEntries(await client.getRequestHeaders());
        return { headers, until: client.credentials.expiry_date ?? undefined };
      } catch (error) {
        // A client that failed remembers it.
        auth = undefined;
        throw error;
      }
    },
  });
}
