import { describe, expect, it } from 'vitest';
import { HttpError } from '../../../../shared/kube/http/http-error.ts';
import { ResponseReader } from '../../../../shared/kube/http/response-reader.ts';

interface Read {
  readonly status: number | undefined;
  readonly body: string;
  readonly keepAlive: boolean | undefined;
  readonly isDone: boolean;
  /** What was left over of the bytes. */
  readonly rest: string;
}

/** Reads a text in pieces of so many bytes, then the end of the connection if `ends`. */
function readAll(text: string, piece: number, ends = false): Read {
  const bytes = Buffer.from(text, 'latin1');
  let status: number | undefined;
  let keepAlive: boolean | undefined;
  let body = '';
  const reader = new ResponseReader({
    onHead: (head) => {
      ({ status, keepAlive } = head);
    },
    onBody: (part, from, to) => {
      body += Buffer.from(part.subarray(from, to)).toString('latin1');
    },
  });
  let at = 0;
  while (at < bytes.length && !reader.isDone) {
    // A socket's memory, with something else behind what was read.
    const own = Buffer.concat([bytes.subarray(at, at + piece), Buffer.from('\r\n\r\nzzzz')]);
    const length = Math.min(piece, bytes.length - at);
    at += reader.read(own, length);
  }
  if (ends) reader.end();
  return { status, body, keepAlive, isDone: reader.isDone, rest: bytes.toString('latin1', at) };
}

const OK = 'HTTP/1.1 200 OK\r\n';
const PIECES = [1, 2, 3, 5, 7, 64, 100_000];

describe('ResponseReader', () => {
  it.each<[string, string, Partial<Read>]>([
    ['a counted body', `${OK}Content-Length: 5\r\n\r\nhello`, { body: 'hello', keepAlive: true }],
    ['an empty body', `${OK}content-length: 0\r\n\r\n`, { body: '' }],
    [
      'chunks',
      `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n`,
      { body: 'hello!', keepAlive: true },
    ],
    [
      'chunks of large and small hex',
      `${OK}transfer-encoding: Chunked\r\n\r\n00A\r\n0123456789\r\nb\r\n0123456789a\r\n0\r\n\r\n`,
      { body: '01234567890123456789a' },
    ],
    [
      'chunks with extensions',
      `${OK}transfer-encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0 ;x\r\n\r\n`,
      { body: 'hello' },
    ],
    ['trailers', `${OK}transfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\n`, { body: 'x' }],
    [
      'an interim answer before',
      `HTTP/1.1 103 Early\r\nLink: x\r\n\r\n${OK}content-length: 1\r\n\r\ny`,
      { status: 200, body: 'y' },
    ],
    ['no reason', 'HTTP/1.1 404\r\ncontent-length: 2\r\n\r\nno', { status: 404, body: 'no' }],
    ['no body by its status', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, body: '' }],
    ['a connection that closes', `${OK}Connection: Close\r\ncontent-length: 1\r\n\r\nx`, { keepAlive: false }],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx', { keepAlive: false }],
    [
      'HTTP/1.0 that stays',
      'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\nx',
      { keepAlive: true },
    ],
  ])('reads %s, however it is cut', (_, text, expected) => {
    for (const piece of PIECES) {
      expect(readAll(text, piece), `pieces of ${piece}`).toMatchObject({ isDone: true, rest: '', ...expected });
    }
  });

  it.each(PIECES)('leaves what comes after an answer, in pieces of %s', (piece) => {
    const first = `${OK}content-length: 2\r\n\r\nok`;

    const { body, isDone, rest } = readAll(`${first}HTTP/1.1 200`, piece);

    expect({ body, isDone }).toEqual({ body: 'ok', isDone: true });
    expect(rest).toBe('HTTP/1.1 200');
  });

  it('takes a body without a length as whole when the connection ends, and serves no more on it', () => {
    const text = `${OK}\r\nall of it`;

    expect(readAll(text, 4)).toMatchObject({ isDone: false });
    expect(readAll(text, 4, true)).toMatchObject({ isDone: true, body: 'all of it', keepAlive: false });
  });

  it.each([
    ['in a counted body', `${OK}content-length: 5\r\n\r\nhell`],
    ['in a chunk', `${OK}transfer-encoding: chunked\r\n\r\n5\r\nhell`],
    ['before the last chunk', `${OK}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`],
    ['in the trailers', `${OK}transfer-encoding: chunked\r\n\r\n0\r\n`],
    ['in the head', 'HTTP/1.1 200 OK\r\n'],
    ['before anything', ''],
  ])('is not whole if the connection ends %s', (_, text) => {
    for (const piece of PIECES) expect(readAll(text, piece, true).isDone).toBe(false);
  });

  it.each<[string, string, string]>([
    ['another protocol', 'SSH-2.0-OpenSSH_9\r\n\r\n', 'HPE_INVALID_CONSTANT'],
    ['HTTP/2', 'HTTP/2 200\r\n\r\n', 'HPE_INVALID_CONSTANT'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', 'HPE_INVALID_CONSTANT'],
    ['a field without a colon', `${OK}nothing\r\n\r\n`, 'HPE_INVALID_HEADER_TOKEN'],
    ['a space before the colon', `${OK}content-length : 5\r\n\r\nhello`, 'HPE_INVALID_HEADER_TOKEN'],
    ['a folded line', `${OK}a: b\r\n c\r\n\r\n`, 'HPE_INVALID_HEADER_TOKEN'],
    ['a bare line feed', `${OK}a: b\nc: d\r\n\r\n`, 'HPE_INVALID_HEADER_TOKEN'],
    ['a zero byte', `${OK}a: b\u0000\r\n\r\n`, 'HPE_INVALID_HEADER_TOKEN'],
    ['two lengths', `${OK}content-length: 5\r\ncontent-length: 5\r\n\r\nhello`, 'HPE_UNEXPECTED_CONTENT_LENGTH'],
    [
      'a length and chunks',
      `${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      'HPE_UNEXPECTED_CONTENT_LENGTH',
    ],
    ['a length with a sign', `${OK}content-length: +5\r\n\r\nhello`, 'HPE_INVALID_CONTENT_LENGTH'],
    ['a length beyond all', `${OK}content-length: 99999999999999999999\r\n\r\n`, 'HPE_INVALID_CONTENT_LENGTH'],
    [
      'a coding that was not asked for',
      `${OK}transfer-encoding: gzip, chunked\r\n\r\n`,
      'HPE_INVALID_TRANSFER_ENCODING',
    ],
    ['a protocol that nobody asked for', 'HTTP/1.1 101 Up\r\n\r\n', 'HPE_PAUSED_UPGRADE'],
    ['a chunk without a size', `${OK}transfer-encoding: chunked\r\n\r\n\r\n`, 'HPE_INVALID_CHUNK_SIZE'],
    ['a chunk size that is none', `${OK}transfer-encoding: chunked\r\n\r\n5z\r\nhello\r\n`, 'HPE_INVALID_CHUNK_SIZE'],
    ['a chunk size beyond all', `${OK}transfer-encoding: chunked\r\n\r\nfffffffffffff\r\n`, 'HPE_INVALID_CHUNK_SIZE'],
    [
      'a chunk longer than it said',
      `${OK}transfer-encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n`,
      'HPE_INVALID_CHUNK_SIZE',
    ],
    [
      'a chunk line that ends in a line feed',
      `${OK}transfer-encoding: chunked\r\n\r\n5\nhello`,
      'HPE_INVALID_CHUNK_SIZE',
    ],
    ['a head without end', `${OK}a: ${'b'.repeat(20_000)}`, 'HPE_HEADER_OVERFLOW'],
    [
      'an extension without end',
      `${OK}transfer-encoding: chunked\r\n\r\n1;${'b'.repeat(2_000)}`,
      'HPE_INVALID_CHUNK_SIZE',
    ],
    [
      'trailers without end',
      `${OK}transfer-encoding: chunked\r\n\r\n0\r\n${'a: b\r\n'.repeat(4_000)}`,
      'HPE_INVALID_CHUNK_SIZE',
    ],
  ])('refuses %s, however it is cut', (_, text, code) => {
    for (const piece of PIECES) {
      const read = () => readAll(text, piece);
      expect(read).toThrow(HttpError);
      expect(read).toThrow(expect.objectContaining({ code }));
    }
  });
});
