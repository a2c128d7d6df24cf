import type { Clock } from '../core/clock.ts';
import type { Millis } from '../core/units.ts';
import type { CloudAddress } from './cloud-address.ts';
import { cloudProblem, unreached } from './cloud-problem.ts';

/** Largest answer that is read: a description of a cluster is some 20 KB. */
const MAX_BYTES = 2 * 1_048_576;
const ATTEMPT_LIMIT: Millis = 5_000;
const WAITS: readonly Millis[] = [300, 900];

/** An answer of a cloud's API: the parsed body, and what it says of an error. */
export interface CloudAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** `error.status` of Google or `error.code` of Azure, and the message; empty if there is none. */
  readonly error: { readonly code: string; readonly message: string };
}

/**
 * Asks a cloud's JSON API: no redirect is followed, the body is bounded, what fails in passing is tried twice more. Rejects
 * with `HeaplessError` (code `cluster_cloud`) if there is no answer; any status is an answer.
 */
export async function askCloud(
  address: CloudAddress,
  request: { readonly method: 'GET' | 'POST'; readonly url: URL; readonly token: string },
  clock: Clock,
): Promise<CloudAnswer> {
  const { host } = request.url;
  for (let attempt = 0; ; attempt++) {
    const wait = WAITS[attempt];
    try {
      const answer = await askOnce(request);
      const passing = answer.status === 429 || answer.status >= 500;
      if (!passing || wait === undefined) return answer;
    } catch (cause) {
      const lost = unreached(cause);
      if (lost === undefined || wait === undefined) {
        const said = lost ?? (cause instanceof Error ? cause.message : 'no answer');
        const advice = lost === 'ENOTFOUND' ? 'check DNS' : 'check network and proxies';
        throw cloudProblem(address, 'cloud', `${host} gave no answer (${said}): ${advice}`, {
          cause,
          retryable: true,
        });
      }
    }
    await clock.sleep(wait);
  }
}

async function askOnce(request: {
  readonly method: string;
  readonly url: URL;
  readonly token: string;
}): Promise<CloudAnswer> {
  const response = await fetch(request.url, {
    method: request.method,
    redirect: 'manual',
    signal: AbortSignal.timeout(ATTEMPT_LIMIT),
    headers: { authorization: `Bearer ${request.token}`, accept: 'application/json' },
  });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new RangeError(`more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  const body = parseObject(Buffer.concat(chunks).toString('utf8'));
  const error = toObject(body['error']);
  const code = [error['status'], error['code']].find((value) => typeof value === 'string');
  return { status: response.status, body, error: { code: String(code ?? ''), message: textOf(error['message']) } };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return toObject(JSON.parse(text));
  } catch {
    return {}; // an HTML page, or nothing: the status says what it means
  }
}

/** A JSON object, or an empty one. */
export function toObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** A text of at most 256 characters on one line; empty if it is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll(/\s+/g, ' ').slice(0, 256) : '';
}
