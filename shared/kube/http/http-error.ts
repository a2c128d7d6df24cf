/** An answer that is no HTTP/1.1, by the codes that Node's own parser has: `HPE_…`. */
export class HttpError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'HttpError';
    this.code = code;
  }
}
