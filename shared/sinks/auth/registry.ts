import type { ComponentUri } from '../../config/config.ts';
import { readEnvironment } from '../../config/env.ts';
import { systemClock } from '../../core/clock.ts';
import { ConfigError } from '../../core/errors.ts';
import { type AuthKind, authKindOf } from './auth-kind.ts';
import type { AuthOptions } from './auth-options.ts';
import type { Authorizer } from './authorizer.ts';
import { signingOf } from './aws-host.ts';
import { basicHeaders, createFixedAuthorizer } from './fixed.ts';
import { createTokenFileAuthorizer } from './token-file.ts';

/** Scopes of `scope=`: to write metrics, and no more. */
const GOOGLE_SCOPE = 'https://www.googleapis.com/auth/monitoring.write';
const ENTRA_SCOPE = 'https://monitor.azure.com/.default';

type Open = (options: AuthOptions, uri: ComponentUri, where: string) => Authorizer | Promise<Authorizer>;

/** Every kind; what needs a cloud's SDK loads it only here. */
const OPEN = {
  none: () => createFixedAuthorizer('no credentials (auth=none)', {}),
  basic: (options, uri) =>
    createFixedAuthorizer(
      'user= and password=',
      basicHeaders(uri.user ?? options.user ?? '', uri.password ?? options.password ?? ''),
    ),
  bearer: ({ token = '', token_file }) =>
    token_file === undefined
      ? createFixedAuthorizer('token=', { authorization: `Bearer ${token.trim()}` })
      : createTokenFileAuthorizer(token_file),
  sigv4: openSigV4,
  google: async ({ scope = GOOGLE_SCOPE }) => {
    const [{ createGoogleAuthorizer }, { GoogleAuth }] = await Promise.all([
      import('./google.ts'),
      import('../../identity/google-sdk.ts'),
    ]);
    return createGoogleAuthorizer({ scope, clock: systemClock, GoogleAuth });
  },
  entra: async ({ scope = ENTRA_SCOPE, client_id }) => {
    const [{ createEntraAuthorizer }, { DefaultAzureCredential }] = await Promise.all([
      import('./entra.ts'),
      import('@azure/identity'),
    ]);
    const identity = client_id === undefined ? {} : { managedIdentityClientId: client_id };
    return createEntraAuthorizer({
      scope,
      clock: systemClock,
      source: `Microsoft Entra ID (${client_id === undefined ? 'the default credential' : `client_id ${client_id}`})`,
      open: () => new DefaultAzureCredential(identity),
    });
  },
} as const satisfies Readonly<Record<AuthKind, Open>>;

/**
 * Opens what the options of `authOptions` ask for (checked by `authProblems` before). A sink with a default of its own
 * passes `auth: authKindOf(…)`; one that asks another host than the URI's passes `{ ...uri, host }`. Throws `ConfigError` at `where` if the machine does not tell a region.
 */
export async function createAuthorizer(options: AuthOptions, uri: ComponentUri, where: string): Promise<Authorizer> {
  const open: Open = OPEN[authKindOf(options, uri)];
  return await open(options, uri, where);
}

async function openSigV4({ region, aws_service }: AuthOptions, uri: ComponentUri, where: string): Promise<Authorizer> {
  const host = signingOf(uri.host);
  const place = region ?? host.region ?? readEnvironment('AWS_REGION') ?? readEnvironment('AWS_DEFAULT_REGION');
  const service = aws_service ?? host.service;
  if (place === undefined || service === undefined) {
    const missing = place === undefined ? 'region= or AWS_REGION' : 'aws_service=';
    throw new ConfigError([{ where, problem: `auth=sigv4 needs ${missing}, as the host name does not tell it` }]);
  }
  const [{ createSigV4Authorizer }, { SignatureV4 }, { defaultProvider }] = await Promise.all([
    import('./sigv4.ts'),
    import('@smithy/signature-v4'),
    import('@aws-sdk/credential-provider-node'),
  ]);
  const credentials = defaultProvider();
  return createSigV4Authorizer({ region: place, service, credentials, clock: systemClock, SignatureV4 });
}
