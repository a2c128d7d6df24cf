/** What the demo API server or a kubelet answers. A body is one text; how it travels is the server's business. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** True if it goes out in chunks, without a length, as everything long does. */
  readonly chunked?: boolean;
  /** True if gzip is used when the client asks for it and the body is long: the API server's own objects only. */
  readonly mayPack?: boolean;
}

const COMMON = { 'Cache-Control': 'no-cache, private' } as const;

/** An error of the API server itself. Source: apimachinery meta/v1 Status. */
export function statusAnswer(
  code: number,
  message: string,
  more: {
    readonly reason?: string;
    readonly details?: Readonly<Record<string, unknown>>;
    readonly metadata?: Readonly<Record<string, unknown>>;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Answer {
  const { reason, details, metadata = {}, headers } = more;
  const status = { kind: 'Status', apiVersion: 'v1', metadata, status: 'Failure', message, reason, details, code };
  return {
    status: code,
    headers: { ...COMMON, 'Content-Type': 'application/json', ...headers },
    body: `${JSON.stringify(status)}\n`,
  };
}

export function badRequest(message: string): Answer {
  return statusAnswer(400, message, { reason: 'BadRequest' });
}

export function textAnswer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const plain = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
  return { status, headers: { ...COMMON, ...plain, ...headers }, body };
}

export function jsonAnswer(body: string, more: Pick<Answer, 'chunked' | 'mayPack'> = {}): Answer {
  return { status: 200, headers: { ...COMMON, 'Content-Type': 'application/json' }, body, ...more };
}
