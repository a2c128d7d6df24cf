import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Answer } from './answer.ts';
import type { Delivery } from './kubelet-answer.ts';

/** Source: k8s.io/apiserver responsewriters: smaller bodies are never packed. */
const PACK_FROM_BYTES = 128 * 1024;
const CHUNK_BYTES = 16 * 1024;
const DRIP_INTERVAL = 50;

export interface Sending {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly date: string;
  /** Ends the wait of slow deliveries when the server closes. */
  readonly signal: AbortSignal;
  readonly sleep: (millis: number, signal: AbortSignal) => Promise<void>;
}

/** Puts an answer on the wire, with the faults that are not in its text. */
export async function sendDelivery(delivery: Delivery, sending: Sending): Promise<void> {
  const { request, response, signal, sleep } = sending;
  switch (delivery.kind) {
    case 'whole':
      return sendWhole(delivery.answer, sending);
    case 'delayed':
      await sleep(delivery.millis, signal);
      return sendWhole(delivery.answer, sending);
    case 'drip': {
      const body = Buffer.from(delivery.answer.body);
      const step = Math.max(1, Math.round((delivery.bytesPerSecond * DRIP_INTERVAL) / 1000));
      writeHead(delivery.answer, sending);
      for (let at = 0; at < body.length && !response.destroyed && !signal.aborted; at += step) {
        response.write(body.subarray(at, at + step));
        await sleep(DRIP_INTERVAL, signal);
      }
      response.end();
      return;
    }
    case 'reset': {
      const body = Buffer.from(delivery.answer.body);
      writeHead(delivery.answer, sending, body.length);
      response.write(body.subarray(0, body.length >> 1), () => request.socket.destroy());
      return;
    }
    case 'raw':
      request.socket.end(delivery.text);
      return;
    case 'never':
      return;
  }
}

function sendWhole(answer: Answer, sending: Sending): void {
  const { request, response } = sending;
  const body = Buffer.from(answer.body);
  const packs = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  if (answer.mayPack === true && packs && body.length >= PACK_FROM_BYTES) {
    response.setHeader('Content-Encoding', 'gzip');
    response.setHeader('Vary', 'Accept-Encoding');
    writeHead(answer, sending);
    response.end(gzipSync(body, { level: 4 }));
  } else if (answer.chunked === true) {
    writeHead(answer, sending);
    for (let at = 0; at < body.length; at += CHUNK_BYTES) response.write(body.subarray(at, at + CHUNK_BYTES));
    response.end();
  } else {
    writeHead(answer, sending, body.length);
    response.end(body);
  }
}

function writeHead(answer: Answer, { response, date }: Sending, length?: number): void {
  response.sendDate = false;
  response.writeHead(answer.status, {
    ...answer.headers,
    Date: date,
    ...(length === undefined ? {} : { 'Content-Length': String(length) }),
  });
}
