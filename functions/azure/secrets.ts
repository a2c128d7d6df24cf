import type { TokenCredential } from '@azure/identity';
import { describeError, HeaplessError } from '../../shared/core/errors.ts';
import type { Millis } from '../../shared/core/units.ts';

/** Longest time for one secret: it is read before the first tick of a new instance. */
const SECRET_TIMEOUT: Millis = 5_000;
/** https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret, read 2026-11-24 */
const API_VERSION = '7.4';
/** Names of Key Vault; a version may follow. */
const NAME = /^[0-9A-Za-z-]{1,127}(\/[0-9a-f]{32})?$/;

/** A Key Vault, and who asks it. */
export interface Vault {
  /** `https://NAME.vault.azure.net`, of the app's setting. */
  readonly url: URL;
  readonly credential: () => Promise<TokenCredential>;
}

/**
 * Reads a secret of Azure Key Vault: `NAME` or `NAME/VERSION`. Throws `HeaplessError` (`secret_missing`,
 * `secret_refused`) that says what to do and never a value.
 */
export async function readSecret(name: string, { url, credential }: Vault): Promise<string> {
  if (!NAME.test(name)) {
    const message = 'Key Vault names are of letters, digits and hyphens, NAME or NAME/VERSION';
    throw new HeaplessError(message, { code: 'secret_missing' });
  }
  const signal = AbortSignal.timeout(SECRET_TIMEOUT);
  const target = new URL(`secrets/${name}?api-version=${API_VERSION}`, url);
  let answer: Response;
  let body: unknown;
  try {
    const token = await (await credential()).getToken(scopeOf(url), { abortSignal: signal });
    if (token === null) throw new Error('the identity gave no token');
    const headers = { authorization: `Bearer ${token.token}` };
    answer = await fetch(target, { headers, signal, redirect: 'error' });
    body = await answer.json().catch(() => undefined);
  } catch (cause) {
    const message = `Key Vault ${url.host}: ${reasonOf(cause)}`;
    throw new HeaplessError(message, { code: 'secret_refused', cause });
  }
  const value = (body as { readonly value?: unknown } | undefined)?.value;
  if (answer.ok && typeof value === 'string') return value;
  throw refusal(url, answer.status, body);
}

/** `https://prod.vault.azure.net` → `https://vault.azure.net/.default`; the same in every cloud of Azure. */
function scopeOf({ hostname }: URL): string {
  const dot = hostname.indexOf('.vault.');
  return `https://${dot < 0 ? 'vault.azure.net' : hostname.slice(dot + 1)}/.default`;
}

function refusal({ host }: URL, status: number, body: unknown): HeaplessError {
  const { code = '', message = '' } = errorOf(body);
  if (status === 404) {
    const text = `it is not in Key Vault ${host}; create it: az keyvault secret set --vault-name ${host.split('.')[0]} --name NAME --file FILE`;
    return new HeaplessError(text, { code: 'secret_missing' });
  }
  const said = [`HTTP ${status}`, code, message].filter((part) => part !== '').join(' ');
  const advice = status === 403 ? '; the identity of the app needs the role Key Vault Secrets User on the vault' : '';
  return new HeaplessError(`Key Vault ${host} refuses: ${describeError(said)}${advice}`, { code: 'secret_refused' });
}

function errorOf(body: unknown): { readonly code?: string; readonly message?: string } {
  const error = (body as { readonly error?: unknown } | undefined)?.error as
    | { readonly code?: unknown; readonly message?: unknown }
    | undefined;
  return {
    ...(typeof error?.code === 'string' ? { code: error.code } : {}),
    ...(typeof error?.message === 'string' ? { message: error.message } : {}),
  };
}

/** `fetch` hides why behind "fetch failed". */
function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause !== undefined ? `: ${describeError(cause.cause)}` : '';
  return `${describeError(cause).split('\n')[0] ?? ''}${inner}`;
}
