import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Clock } from '../../../shared/core/clock.ts';
import type { Answer } from './answer.ts';
import type { Delivery } from './kubelet-answer.ts';

/** The API server packs its own objects from this size on. Source: k8s.io/apiserver responsewriters. */
const PACK_FROM = 128 * 1_024;
const DRIP_INTERVAL = 50;
const pack = promisify(gzip);

export interface DeliveryContext {
  readonly clock: Clock;
  /** Aborts when the client goes away or the server closes. */
  readonly signal: AbortSignal;
}

/** Sends an answer the way a delivery says. Ends early, without error, when the client is gone. */
export async function deliver(
  delivery: Delivery,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  context: DeliveryContext,
): Promise<void> {
  switch (delivery.kind) {
    case 'whole':
      return send(delivery.answer, request, response);
    case 'delayed':
      await context.clock.sleep(delivery.millis, context.signal);
      return send(delivery.answer, request, response);
    case 'never':
      return;
    case 'raw':
      response.socket?.end(delivery.text);
      return;
    case 'reset': {
      const body = Buffer.from(delivery.answer.body);
      response.writeHead(200, { ...delivery.answer.headers, 'Content-Length': String(body.length) });
      response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy());
      return;
    }
    case 'drip':
      return drip(delivery, response, context);
  }
}

async function send(answer: Answer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const plain = Buffer.from(answer.body);
  const asked = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const packed = answer.mayPack === true && asked && plain.length >= PACK_FROM;
  const body = packed ? await pack(plain, { level: 1 }) : plain;
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(packed && { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' }),
    ...(!answer.chunked && { 'Content-Length': String(body.length) }),
  });
  response.end(body);
}

async function drip(
  { answer, bytesPerSecond }: Extract<Delivery, { kind: 'drip' }>,
  response: ServerResponse,
  { clock, signal }: DeliveryContext,
): Promise<void> {
  const body = Buffer.from(answer.body);
  const step = Math.max(1, Math.floor((bytesPerSecond * DRIP_INTERVAL) / 1_000));
  response.writeHead(200, answer.headers);
  for (let from = 0; from < body.length && !signal.aborted; from += step) {
    response.write(body.subarray(from, from + step));
    await clock.sleep(DRIP_INTERVAL, signal);
  }
  response.end();
}
