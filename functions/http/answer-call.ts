import { describeError, HeaplessError } from '../../shared/core/errors.ts';
import { checkRequest } from '../../shared/fanout/check-version.ts';
import { decodeBody, encodeBody, JSON_TYPE } from './body-codec.ts';

/** A call of a function by HTTP, however the platform shows it. */
export interface HttpCall {
  readonly method: string;
  readonly authorization: string | undefined;
  readonly contentType: string;
  /** Reads the body; called only for a caller that is let in. */
  readonly body: () => Promise<Uint8Array>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Who may call: checks the `Authorization` header, gives the caller's id, or throws `caller_unknown`, `caller_forbidden`. */
export type VerifyCaller = (authorization: string | undefined) => Promise<string>;

/** A request of the tick to one of its functions. */
type TickRequest = { readonly version: 1; readonly endBy: number };

export interface HttpFunction<Request extends TickRequest> {
  readonly name: string;
  readonly verify: VerifyCaller;
  /** Largest body in bytes. */
  readonly maxBytes: number;
  readonly work: (request: Request) => Promise<unknown>;
  /** Is told what was thrown, before it becomes an answer. */
  readonly onError: (error: unknown) => void;
}

const STATUS: Readonly<Record<string, number>> = {
  caller_unknown: 401,
  caller_forbidden: 403,
  event_invalid: 400,
  invoke_too_large: 413,
};

/**
 * Answers a call of the tick: who calls is known before the body is asked for. What is thrown becomes a JSON answer
 * `{ error: { code, message } }`; the status says whose fault it is. Never rejects.
 */
export async function answerCall<Request extends TickRequest>(
  call: HttpCall,
  { name, verify, maxBytes, work, onError }: HttpFunction<Request>,
): Promise<HttpAnswer> {
  return await answerVerified(call.authorization, {
    verify,
    onError,
    work: async () => {
      if (call.method !== 'POST') throw new HeaplessError(`${name}: only POST is taken`, { code: 'event_invalid' });
      const body = await call.body();
      if (body.length > maxBytes) {
        const message = `${name}: the request is ${body.length} bytes, ${maxBytes} are taken: lower HEAPLESS_SHARD_SIZE or HEAPLESS_GROUP_LIMIT`;
        throw new HeaplessError(message, { code: 'invoke_too_large' });
      }
      return await work(checkRequest<Request>(decodeBody(call.contentType, body), name));
    },
  });
}

/** Does `work` for a caller that is let in, and answers with what it gives or throws. Never rejects. */
export async function answerVerified(
  authorization: string | undefined,
  { verify, work, onError }: Pick<HttpFunction<TickRequest>, 'verify' | 'onError'> & { work: () => Promise<unknown> },
): Promise<HttpAnswer> {
  try {
    await checked(verify, authorization, onError);
    const { type, bytes } = encodeBody(await work());
    return { status: 200, type, bytes };
  } catch (error) {
    if (!(error instanceof Unchecked)) onError(error);
    const code = error instanceof HeaplessError ? error.code : 'unexpected';
    const bytes = Buffer.from(JSON.stringify({ error: { code, message: describeError(error) } }));
    return { status: STATUS[code] ?? 500, type: JSON_TYPE, bytes };
  }
}

/** Callers could not be told apart; the reason is in the log, and no stranger's business. */
class Unchecked extends HeaplessError {}

async function checked(
  verify: VerifyCaller,
  authorization: string | undefined,
  onError: (error: unknown) => void,
): Promise<void> {
  try {
    await verify(authorization);
  } catch (error) {
    if (error instanceof HeaplessError && error.code.startsWith('caller_')) throw error;
    onError(error);
    throw new Unchecked('callers cannot be checked; see the log of this function', { code: 'caller_unchecked' });
  }
}
