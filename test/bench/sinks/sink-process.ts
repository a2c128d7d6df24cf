import { parseUri } from '../../../shared/config/uri.ts';
import { countBatchPoints, type MetricBatch } from '../../../shared/core/batch.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { createDeadline } from '../../../shared/core/deadline.ts';
import { MINUTE } from '../../../shared/core/units.ts';
import { deliver, redeliver } from '../../../shared/delivery/deliver.ts';
import type { SinkReport } from '../../../shared/delivery/report.ts';
import { openSink } from '../../../shared/sinks/registry.ts';
import { selectBatch } from '../../../shared/sinks/selection.ts';
import type { EncodedRequest, Sink } from '../../../shared/sinks/sink.ts';
import { USUAL_SHAPE } from '../cluster-shape.ts';
import { createLeafBatch } from '../leaf-batch.ts';
import { answerOrders } from './answer-orders.ts';
import type { SinkMeasure, SinkOrder, Way } from './orders.ts';

/** A sink with its part of the batch; made when it is first asked for. */
interface Subject {
  readonly sink: Sink;
  readonly batch: MetricBatch;
  readonly points: number;
}

let batch: MetricBatch | undefined;
let uris: Readonly<Record<string, string>> = {};
const subjects = new Map<string, Subject>();
/** Copies go here, as into a buffer that an encoder reuses. */
let scratch = Buffer.alloc(0);

async function subjectOf(name: string): Promise<Subject> {
  const known = subjects.get(name);
  const uri = uris[name];
  if (known !== undefined) return known;
  if (batch === undefined || uri === undefined) throw new Error(`no sink ${name}`);
  const sink = await openSink(parseUri(uri, {}), {
    clock: systemClock,
    notice: () => undefined,
    write: () => undefined,
  });
  const selected = selectBatch(batch, sink.selection);
  const subject = { sink, batch: selected, points: countBatchPoints(selected) };
  subjects.set(name, subject);
  return subject;
}

const refuse = ({ points, reason }: { readonly points: number; readonly reason: string }): never => {
  throw new Error(`${points} points refused: ${reason}`);
};

async function run({ sink, batch: of, points }: Subject, way: Way, made: readonly EncodedRequest[]): Promise<number> {
  if (way === 'encode') {
    let bytes = 0;
    for (const request of sink.encode(of, refuse)) {
      bytes += request.bytes;
      request.release?.();
    }
    return bytes;
  }
  using deadline = createDeadline(systemClock.now() + 10 * MINUTE, systemClock);
  const deps = { deadline, clock: systemClock, random: Math.random };
  if (way === 'copy') copyAll(made);
  const report: SinkReport = way === 'send' ? await deliver(sink, of, deps) : await redeliver(sink, made, deps);
  if (report.delivered !== points) throw new Error(`not all was delivered: ${JSON.stringify(report)}`);
  return 0;
}

/** Copies the bytes of requests, where they are bytes before they are sent. */
function copyAll(requests: readonly EncodedRequest[]): void {
  for (const request of requests) {
    const { body, series } = request as { readonly body?: unknown; readonly series?: unknown };
    const bytes = body ?? series;
    if (!(bytes instanceof Uint8Array)) continue;
    if (scratch.length < bytes.length) scratch = Buffer.alloc(2 * bytes.length);
    scratch.set(bytes);
  }
}

async function step({ sink: name, way, times }: Extract<SinkOrder, { order: 'step' }>): Promise<SinkMeasure> {
  const { sink, batch: selected, points } = await subjectOf(name);
  // Of now: a backend without times takes nothing older.
  const timestamp = Math.floor(systemClock.now() / MINUTE) * MINUTE;
  const subject = { sink, points, batch: { ...selected, timestamp } };
  const made = way === 'copy' ? [...subject.sink.encode(subject.batch, refuse)] : [];
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  let bytes = 0;
  for (let time = 0; time < times; time++) bytes += await run(subject, way, made);
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMillis: (user + system) / 1_000, points: times * subject.points, bytes };
}

answerOrders<SinkOrder>(async (order) => {
  if (order.order === 'step') return await step(order);
  uris = order.sinks;
  batch = createLeafBatch({ ...USUAL_SHAPE, nodes: order.nodes });
  return countBatchPoints(batch);
});
