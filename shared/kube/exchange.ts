import type { HttpHeaders } from './http/response-head.ts';

/** Reads a body while it is unpacked, so that it never lies in memory as a whole. */
export interface PieceReader {
  /** Takes the next bytes; they are valid during the call. Must not throw: what is wrong with them is told at the end. */
  write(piece: Buffer): void;
}

/** How a packed body of one media type is to be read, if it is large. */
export interface ReadPieces {
  readonly contentType: string;
  /** Called once for each such body. */
  open(): PieceReader;
}

/** One GET, without what is the same for all of them. */
export interface ExchangeRequest<E> {
  /** Which server, if the transport has several. */
  readonly endpoint: E;
  /** Path with query, below the server's base path. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Most bytes of a 200's body, as received and (with gzip) decompressed. */
  readonly maxBytes: number;
  /** Whom a large packed body of a 200 is given to; any other body is whole in the answer. */
  readonly readPieces?: ReadPieces | undefined;
  /** Told the `Date` of the answer when its head is there. */
  readonly onHead: (date: string | undefined) => void;
}

/** What came of one GET. Only `answer` has a whole body; `bytes` counts what came over the wire in any case. */
export type Exchange =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: HttpHeaders;
      /** Whole with a 200; at most 64 KiB of any other; empty if it was read in pieces. */
      readonly body: Buffer;
      /** Bytes, unpacked, that `readPieces` was given in place of a body. */
      readonly read?: number;
      readonly bytes: number;
      /** Gives the memory of `body` back, if it is to be used again; nothing is read of it afterwards. */
      readonly release?: () => void;
    }
  | { readonly kind: 'too_large'; readonly bytes: number; readonly announced: number | undefined }
  | { readonly kind: 'aborted'; readonly bytes: number }
  /** A body that says it is gzip and is not. */
  | { readonly kind: 'garbled'; readonly bytes: number; readonly error: Error }
  | {
      readonly kind: 'broken';
      readonly bytes: number;
      readonly error: Error;
      /** `connect`: nothing came back. `body`: the answer had begun. */
      readonly phase: 'connect' | 'body';
      /** True if the socket had served before: the server may have closed it before this request reached it. */
      readonly reused: boolean;
    };
