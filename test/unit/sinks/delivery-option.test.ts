import { describe, expect, it } from 'vitest';
import { parseUri } from '../../../shared/config/uri.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { openSink } from '../../../shared/sinks/registry.ts';
import type { EncodedRequest, Sink } from '../../../shared/sinks/sink.ts';
import { observedBatch } from '../../support/observed-batch.ts';

const URIS = [
  'otlp:http://collector:4318?',
  'otlp:http://collector:4318?encoding=json&',
  'honeycomb:?dataset=d&writekey=k&',
  'prometheus:http://prometheus:9090?',
  'riemann:tcp://riemann:5555?',
  'kafka:?brokers=kafka:9092&',
];

async function open(uri: string): Promise<Sink> {
  return await openSink(parseUri(uri, {}), { clock: systemClock, notice: () => undefined, write: () => undefined });
}

function encode(sink: Sink): readonly EncodedRequest[] {
  return [...sink.encode(observedBatch(), () => undefined)];
}

/** A request, its halves, theirs, and what the backlog makes of it: everything that delivery may come to send. */
function allOf(sink: Sink, request: EncodedRequest): readonly EncodedRequest[] {
  const halves = request.split() ?? [];
  const saved = sink.backlog === undefined ? [] : [sink.backlog.load(sink.backlog.save(request))];
  return [
    request,
    ...halves,
    ...halves.flatMap((half) => half.split() ?? []),
    ...saved,
    ...saved.flatMap((one) => one.split() ?? []),
  ];
}

describe.each(URIS)('%s', (uri) => {
  it('may send a request again after a doubt by default', async () => {
    const sink = await open(uri);
    const requests = encode(sink).flatMap((request) => allOf(sink, request));
    await sink.close();

    expect(requests.length).toBeGreaterThan(2);
    expect(requests.filter(({ idempotent }) => !idempotent)).toEqual([]);
  });

  it('may not with delivery=at-most-once: no request, no half of it, nothing from the backlog', async () => {
    const sink = await open(`${uri}delivery=at-most-once`);
    const plain = await open(uri);
    const requests = encode(sink);
    const every = requests.flatMap((request) => allOf(sink, request));
    const points = encode(plain).reduce((sum, request) => sum + request.points, 0);
    await Promise.all([sink.close(), plain.close()]);

    expect(every.filter(({ idempotent }) => idempotent)).toEqual([]);
    expect(requests.reduce((sum, request) => sum + request.points, 0)).toBe(points);
  });
});
