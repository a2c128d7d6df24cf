/** What a backend answered. `body` is the beginning of it, at most 64 KiB. */
export interface HttpAnswer {
  readonly status: number;
  /** A header by its lower-case name. */
  header(name: string): string | undefined;
  readonly body: Uint8Array;
}

/** The beginning of an answer as one line, for a cause. */
export function answerText(answer: HttpAnswer): string {
  const text = Buffer.from(answer.body.subarray(0, 1024)).toString('utf8').replaceAll(/\s+/g, ' ').trim();
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
