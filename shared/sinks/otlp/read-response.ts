import type { HttpAnswer } from '../http/http-answer.ts';
import { readVarint } from '../protobuf/read-varint.ts';

/** What a server says of a request that it took: `partial_success`. */
export interface PartialSuccess {
  /** Data points that it did not store. */
  readonly rejected: number;
  readonly message: string;
}

const NOTHING: PartialSuccess = { rejected: 0, message: '' };

/** ExportMetricsServiceResponse: 1 partial_success { 1 rejected_data_points: int64, 2 error_message: string }. */
const PARTIAL_SUCCESS = 0x0a;
const REJECTED = 0x08;
const MESSAGE = 0x12;

interface JsonResponse {
  readonly partialSuccess?: { readonly rejectedDataPoints?: unknown; readonly errorMessage?: unknown };
}

/** The partial success in an answer, in JSON or protobuf. A body that is neither says nothing: some servers answer `ok`. */
export function readPartialSuccess(answer: HttpAnswer): PartialSuccess {
  const body = Buffer.from(answer.body);
  if (body.length === 0) return NOTHING;
  try {
    return /\bjson\b/.test(answer.header('content-type') ?? '') ? readJson(body) : readProtobuf(body);
  } catch {
    return NOTHING;
  }
}

function readJson(body: Buffer): PartialSuccess {
  const { partialSuccess } = (JSON.parse(body.toString('utf8')) ?? {}) as JsonResponse;
  const rejected = Number(partialSuccess?.rejectedDataPoints ?? 0);
  return {
    rejected: Number.isSafeInteger(rejected) ? Math.max(0, rejected) : 0,
    message: String(partialSuccess?.errorMessage ?? ''),
  };
}

function readProtobuf(body: Buffer): PartialSuccess {
  let found = NOTHING;
  forEachField(body, (tag, value) => {
    if (tag !== PARTIAL_SUCCESS || typeof value === 'number') return;
    forEachField(value, (inner, said) => {
      if (inner === REJECTED && typeof said === 'number') found = { ...found, rejected: said };
      if (inner === MESSAGE && typeof said !== 'number') found = { ...found, message: said.toString('utf8') };
    });
  });
  return found;
}

/** Calls `read` for varints and for what has a length. Throws `RangeError` for other types, and for what is cut off. */
function forEachField(message: Buffer, read: (tag: number, value: number | Buffer) => void): void {
  for (let at = 0; at < message.length; ) {
    const { value: tag, next } = readVarint(message, at);
    const { value, next: behind } = readVarint(message, next);
    if ((tag & 7) === 0) {
      read(tag, value);
      at = behind;
    } else if ((tag & 7) === 2 && behind + value <= message.length) {
      read(tag, message.subarray(behind, behind + value));
      at = behind + value;
    } else throw new RangeError(`no field at byte ${at}`);
  }
}
