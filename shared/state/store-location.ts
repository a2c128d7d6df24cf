import type { ComponentUri } from '../config/config.ts';
import { ConfigError } from '../core/errors.ts';

const FORMS = {
  none: { form: 'memory:', fits: (uri: ComponentUri) => uri.host === '' && uri.path === '' },
  path: { form: 'file:DIR or file:///DIR', fits: (uri: ComponentUri) => uri.host === '' && uri.path !== '' },
  host: { form: 's3://BUCKET/PREFIX', fits: (uri: ComponentUri) => uri.host !== '' },
  account: {
    form: 'azblob://ACCOUNT/CONTAINER/PREFIX',
    fits: (uri: ComponentUri) => uri.host !== '' && uri.path !== '',
  },
  bucket: { form: 'gs://BUCKET/PREFIX', fits: (uri: ComponentUri) => uri.host !== '' },
} as const;

/** Host and path of a state URI if they have the form that the store needs. Throws `ConfigError` that says which. */
export function readLocation(
  uri: ComponentUri,
  kind: keyof typeof FORMS,
): { readonly host: string; readonly path: string } {
  const { form, fits } = FORMS[kind];
  const plain = uri.scheme === '' && uri.user === undefined && uri.password === undefined;
  if (plain && fits(uri)) return { host: uri.host, path: uri.path };
  const extra = uri.user === undefined ? '' : '; credentials do not belong in it';
  throw new ConfigError([{ where: `state ${uri.key}`, problem: `must be written ${form}, got ${uri.shown}${extra}` }]);
}
