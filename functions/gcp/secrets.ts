import { describeError, HeaplessError } from '../../shared/core/errors.ts';
import type { Millis } from '../../shared/core/units.ts';
import { accessToken, ownProject } from './own-identity.ts';

/** Longest time for one secret: it is read before the first tick of a new instance. */
const SECRET_TIMEOUT: Millis = 5_000;
const API = 'https://secretmanager.googleapis.com/v1';
/** `NAME`, `NAME/VERSION`, or the whole name that the API uses. */
const NAME =
  /^(?:projects\/([a-z0-9.:-]{1,63})\/secrets\/)?([A-Za-z0-9_-]{1,255})(?:(?:\/versions)?\/(latest|\d{1,9}))?$/;

/**
 * Reads a secret of Secret Manager: its text, of the latest version if none is named. `project` undefined = that of this
 * function. Throws `HeaplessError` (`secret_missing`, `secret_refused`) that says what to do and never a value.
 * https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access, read 2026-11-24
 */
export async function readSecret(name: string, project: string | undefined): Promise<string> {
  const [whole, of, id = '', version = 'latest'] = NAME.exec(name) ?? [];
  if (whole === undefined) {
    const message = 'names of Secret Manager are NAME, NAME/VERSION or projects/PROJECT/secrets/NAME';
    throw new HeaplessError(message, { code: 'secret_missing' });
  }
  let where = '';
  let answer: Response;
  let body: unknown;
  try {
    const owner = of ?? project ?? (await ownProject());
    where = `of project ${owner}`;
    const signal = AbortSignal.timeout(SECRET_TIMEOUT);
    const headers = { authorization: `Bearer ${await accessToken()}` };
    const url = `${API}/projects/${owner}/secrets/${id}/versions/${version}:access`;
    answer = await fetch(url, { headers, signal, redirect: 'error' });
    body = await answer.json().catch(() => undefined);
  } catch (cause) {
    const message = `Secret Manager ${where} cannot be asked (does the function have a service account?): ${reasonOf(cause)}`;
    throw new HeaplessError(message, { code: 'secret_refused', cause });
  }
  const value = (body as { readonly payload?: { readonly data?: unknown } } | undefined)?.payload?.data;
  if (answer.ok && typeof value === 'string') return Buffer.from(value, 'base64').toString('utf8');
  throw refusal(answer.status, body, { id, where });
}

function refusal(
  status: number,
  body: unknown,
  { id, where }: { readonly id: string; readonly where: string },
): HeaplessError {
  if (status === 404) {
    const message = `it is not in Secret Manager ${where}; create it: gcloud secrets create ${id} --data-file=FILE`;
    return new HeaplessError(message, { code: 'secret_missing' });
  }
  const said = (body as { readonly error?: { readonly message?: unknown } } | undefined)?.error?.message;
  const text = typeof said === 'string' ? `HTTP ${status} ${said}` : `HTTP ${status}`;
  const grant = `gcloud secrets add-iam-policy-binding ${id} --member=serviceAccount:EMAIL --role=roles/secretmanager.secretAccessor`;
  const advice = status === 403 ? `; ${grant}` : '';
  return new HeaplessError(`Secret Manager ${where} refuses: ${describeError(text)}${advice}`, {
    code: 'secret_refused',
  });
}

/** `fetch` hides why behind "fetch failed". */
function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause !== undefined ? `: ${describeError(cause.cause)}` : '';
  return `${describeError(cause)}${inner}`;
}
