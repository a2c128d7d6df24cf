import type { Option } from '../../config/option.ts';
import { choiceOption, textOption } from '../../config/option-types.ts';
import type { AuthKind } from './auth-kind.ts';

/** What the options of `authOptions` say; those of kinds that a sink does not have are absent. */
export interface AuthOptions {
  readonly auth?: AuthKind | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  readonly token_file?: string | undefined;
  readonly region?: string | undefined;
  readonly aws_service?: string | undefined;
  readonly scope?: string | undefined;
  readonly client_id?: string | undefined;
}

/** Options of each kind; `auth` is every sink's. */
const FIELDS = {
  none: [],
  basic: ['user', 'password'],
  bearer: ['token', 'token_file'],
  sigv4: ['region', 'aws_service'],
  google: ['scope'],
  entra: ['scope', 'client_id'],
} as const satisfies Readonly<Record<AuthKind, readonly (keyof AuthOptions)[]>>;

type FieldName<K extends AuthKind> = (typeof FIELDS)[K][number];

/** The options of some kinds, to be spread into a sink's options. */
export type AuthFields<K extends AuthKind> = { readonly auth: Option<K | undefined> } & {
  readonly [Name in FieldName<K>]: Option<string | undefined>;
};

/** Names of the options that only these kinds read. */
export function authFieldNames(kind: AuthKind): readonly (keyof AuthOptions)[] {
  return FIELDS[kind];
}

const WORDS: Readonly<Record<AuthKind, string>> = {
  none: '`none`',
  basic: '`basic` (`user=` and `password=`, or those of the address)',
  bearer: '`bearer` (`token=` or `token_file=`)',
  sigv4: '`sigv4` (the AWS credentials of the function)',
  google: '`google` (the application default credentials)',
  entra: '`entra` (Microsoft Entra ID: environment, workload identity or managed identity)',
};

const SECRET = { secret: true } as const;

/** All fields there are, with what they say in the docs. */
const describeFields = (
  scope: string | undefined,
): Readonly<Record<FieldName<AuthKind>, Option<string | undefined>>> => ({
  user: textOption({}).describe('User for `auth=basic`; else that of the address'),
  password: textOption(SECRET).describe('Password for `auth=basic`; else that of the address'),
  token: textOption(SECRET).describe('Token for `auth=bearer`'),
  token_file: textOption({}).describe('File with the token for `auth=bearer`; read again when it changes'),
  region: textOption({}).describe(
    'AWS region for `auth=sigv4`; else that in the host name, else AWS_REGION or AWS_DEFAULT_REGION',
  ),
  aws_service: textOption({}).describe(
    'Service name that `auth=sigv4` signs for (`aps`, `monitoring`, `es`, `aoss`); else that in the host name',
  ),
  scope: textOption(scope === undefined ? {} : { default: scope }).describe(
    'OAuth scope of the token; needed only for a service that wants another one than the default',
  ),
  client_id: textOption({}).describe('Client id of a user-assigned managed identity, for `auth=entra`'),
});

/**
 * The options `auth=` and what these kinds need, to be spread into a sink's options. `byDefault` is what the sink does if
 * neither `auth=` nor a user nor a token is given (pass the same to `authKindOf`); `scope` is the default of `scope=`.
 */
export function authOptions<const K extends AuthKind>(
  kinds: readonly K[],
  settings: { readonly byDefault?: string; readonly scope?: string } = {},
): AuthFields<K> {
  const auth = choiceOption(kinds, {})
    .meta({ defaultText: settings.byDefault ?? 'none' })
    .describe(
      `How to prove who asks: ${kinds.map((kind) => WORDS[kind]).join(', ')}. ` +
        'A user or a token alone is enough to mean `basic` or `bearer`',
    );
  const names = new Set(kinds.flatMap((kind): readonly string[] => FIELDS[kind]));
  const fields = Object.entries(describeFields(settings.scope)).filter(([name]) => names.has(name));
  return { auth, ...Object.fromEntries(fields) } as unknown as AuthFields<K>;
}
