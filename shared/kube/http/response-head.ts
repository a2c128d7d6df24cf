import { HttpError } from './http-error.ts';

/** Fields of a head: names in lower case, values of a repeated name joined by `, `. */
export type HttpHeaders = Readonly<Record<string, string | undefined>>;

/** Status line and fields of an answer, and what they say of its body. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Bytes of the body; -1 = in chunks, -2 = until the connection ends. */
  readonly length: number;
  /** Whether the connection may serve again. */
  readonly keepAlive: boolean;
}

export const IN_CHUNKS = -1;
export const UNTIL_END = -2;

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What no value may have: control characters but the tab. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what it is about
const BAD_VALUE = /[\x00-\x08\x0a-\x1f\x7f]/;
const LENGTH = /^\d{1,15}$/;

/** Names of fields that were seen: every answer has the same. */
const keys = new Map<string, string>();
const MOST_KEYS = 64;

/** The head that was read last: within a second kubelets' answers through one server have the same. */
let latest: { readonly text: string; readonly head: ResponseHead } | undefined;

/**
 * Reads the head of an answer, without the empty line at its end (RFC 9112). As strict as Node's parser: what two readers
 * could take for different lengths is an error. Throws `HttpError`.
 */
export function parseResponseHead(text: string): ResponseHead {
  if (latest?.text !== text) latest = { text, head: parse(text) };
  return latest.head;
}

function parse(text: string): ResponseHead {
  const lines = text.split('\r\n');
  const status = STATUS_LINE.exec(lines[0] ?? '');
  if (status === null) throw new HttpError('HPE_INVALID_CONSTANT', 'Expected HTTP/1.1 and a status');
  const fields: Record<string, string | undefined> = Object.create(null);
  for (let i = 1; i < lines.length; i++) addField(fields, lines[i] ?? '');
  const code = Number(status[2]);
  const length = bodyLength(code, fields);
  return {
    status: code,
    headers: fields,
    length,
    keepAlive: length !== UNTIL_END && isKept(status[1] === '1', fields),
  };
}

function addField(fields: Record<string, string | undefined>, line: string): void {
  const colon = line.indexOf(':');
  const key = colon <= 0 ? undefined : keyOf(line.slice(0, colon));
  if (key === undefined) throw new HttpError('HPE_INVALID_HEADER_TOKEN', 'Invalid header token');
  const value = trimmed(line, colon + 1);
  if (BAD_VALUE.test(value)) throw new HttpError('HPE_INVALID_HEADER_TOKEN', 'Invalid header value char');
  const known = fields[key];
  if (known !== undefined && key === 'content-length')
    throw new HttpError('HPE_UNEXPECTED_CONTENT_LENGTH', 'Content-Length already present');
  fields[key] = known === undefined ? value : `${known}, ${value}`;
}

/** A field's name in lower case; undefined if it is none. */
function keyOf(name: string): string | undefined {
  const known = keys.get(name);
  if (known !== undefined || !NAME.test(name)) return known;
  const key = name.toLowerCase();
  if (keys.size < MOST_KEYS) keys.set(name, key);
  return key;
}

/** The line from `from` on, without the spaces and tabs around it. `trim` knows more of them. */
function trimmed(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start++;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end--;
  return line.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function bodyLength(status: number, fields: HttpHeaders): number {
  const coding = fields['transfer-encoding'];
  const length = fields['content-length'];
  if (coding !== undefined && length !== undefined)
    throw new HttpError('HPE_UNEXPECTED_CONTENT_LENGTH', "Content-Length can't be present with Transfer-Encoding");
  if (length !== undefined && !LENGTH.test(length))
    throw new HttpError('HPE_INVALID_CONTENT_LENGTH', 'Invalid character in Content-Length');
  if (status === 204 || status === 304) return 0;
  if (coding !== undefined) {
    if (coding.toLowerCase() === 'chunked') return IN_CHUNKS;
    throw new HttpError('HPE_INVALID_TRANSFER_ENCODING', `Transfer-Encoding ${coding.slice(0, 40)} was not asked for`);
  }
  return length === undefined ? UNTIL_END : Number(length);
}

function isKept(isNew: boolean, fields: HttpHeaders): boolean {
  const options = (fields['connection'] ?? '')
    .toLowerCase()
    .split(',')
    .map((option) => option.trim());
  return isNew ? !options.includes('close') : options.includes('keep-alive');
}
