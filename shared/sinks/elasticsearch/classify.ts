import { SinkError } from '../../core/errors.ts';
import type { UnixMillis } from '../../core/units.ts';
import { classifyAnswer, type HttpRules } from '../http/classify-http.ts';
import { answerText, type HttpAnswer } from '../http/http-answer.ts';
import type { SendOutcome } from '../sink.ts';

/** One item of a bulk answer, all of it optional. */
interface BulkItem {
  readonly status?: unknown;
  readonly error?: { readonly type?: unknown; readonly reason?: unknown } | undefined;
}

/**
 * What became of the documents of a bulk request: those to be sent again and those that were refused, by their place; or
 * an outcome of the request as a whole.
 */
export type BulkResult =
  | { readonly kind: 'whole'; readonly outcome: SendOutcome }
  | {
      readonly kind: 'items';
      readonly again: readonly number[];
      readonly refused: readonly number[];
      readonly cause: unknown;
    };

/** Items that a busy server could not take; the same again may go through. */
const BUSY: ReadonlySet<number> = new Set([429, 503]);

/** Reads the answer to a bulk request of so many documents. Pure. */
export function readBulkAnswer(answer: HttpAnswer, documents: number, rules: HttpRules, now: UnixMillis): BulkResult {
  if (answer.status === 400) {
    const cause = new SinkError(`${rules.backend} refuses the request: ${answerText(answer)}`, {
      code: 'sink_refused',
    });
    return { kind: 'whole', outcome: { status: 'split', cause } };
  }
  if (answer.status < 200 || answer.status >= 300) {
    return { kind: 'whole', outcome: classifyAnswer(answer, rules, now) };
  }
  const text = Buffer.from(answer.body).toString('utf8');
  if (/^\s*\{[^[]*"errors"\s*:\s*false/.test(text)) return { kind: 'whole', outcome: { status: 'delivered' } };
  const items = readItems(text);
  if (items === undefined || items.length !== documents) {
    // An answer of many long errors is cut: halves have shorter ones, and a document sent twice replaces itself.
    const cause = new SinkError(`${rules.backend} answers with errors that cannot be told apart`, {
      code: 'sink_refused',
    });
    return { kind: 'whole', outcome: { status: 'split', cause } };
  }
  const failed = items.map((item, place) => ({ item, place })).filter(({ item }) => !isStored(item));
  const again = failed.filter(({ item }) => BUSY.has(Number(item.status))).map(({ place }) => place);
  const refused = failed.filter(({ item }) => !BUSY.has(Number(item.status))).map(({ place }) => place);
  const worst = failed.find(({ place }) => refused[0] === place)?.item ?? failed[0]?.item;
  const cause = new SinkError(`${rules.backend} refuses documents: ${reasonOf(worst)}`, { code: 'sink_refused' });
  return { kind: 'items', again, refused, cause };
}

function isStored({ status }: BulkItem): boolean {
  return typeof status === 'number' && status >= 200 && status < 300;
}

function reasonOf(item: BulkItem | undefined): string {
  const { type, reason } = item?.error ?? {};
  const said = [type, reason].filter((part) => typeof part === 'string').join(': ');
  return `HTTP ${String(item?.status)}${said === '' ? '' : ` ${said.slice(0, 180)}`}`;
}

function readItems(text: string): readonly BulkItem[] | undefined {
  try {
    const { items } = JSON.parse(text) as { readonly items?: readonly Readonly<Record<string, BulkItem>>[] };
    return items?.map((item) => Object.values(item)[0] ?? {});
  } catch {
    return undefined;
  }
}
