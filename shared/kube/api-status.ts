/** The API server's error object, as far as it is read here. Source: apimachinery meta/v1 Status. */
export interface ApiStatus {
  readonly message: string;
  readonly reason: string;
  /** `details.kind`: the plural resource that the error is about. */
  readonly kind: string;
  /** `metadata.continue`: with an expired list, a token for the rest of it. */
  readonly continue: string;
}

/** A parsed document as a Status, if it is one. */
export function toApiStatus(document: unknown): ApiStatus | undefined {
  const status = record(document);
  if (status['kind'] !== 'Status') return undefined;
  return {
    message: text(status['message']),
    reason: text(status['reason']),
    kind: text(record(status['details'])['kind']),
    continue: text(record(status['metadata'])['continue']),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
