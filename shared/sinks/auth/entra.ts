import type { TokenCredential } from '@azure/identity';
import type { Clock } from '../../core/clock.ts';
import type { Authorizer } from './authorizer.ts';
import { createExpiringAuthorizer } from './expiring-headers.ts';

/** A token of Microsoft Entra ID for one scope. */
export function createEntraAuthorizer(options: {
  readonly scope: string;
  readonly clock: Clock;
  readonly source: string;
  readonly open: () => TokenCredential;
}): Authorizer {
  let credential: TokenCredential | undefined;
  return createExpiringAuthorizer({
    source: options.source,
    clock: options.clock,
    async load({ fresh, signal }) {
      if (fresh || credential === undefined) credential = options.open();
      const token = await credential.getToken(options.scope, { abortSignal: signal });
      if (token === null) throw new Error('the credential gave no token');
      return { headers: { authorization: `Bearer ${token.token}` }, until: token.expiresOnTimestamp };
    },
  });
}
