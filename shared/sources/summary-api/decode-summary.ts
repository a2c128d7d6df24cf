// hot path: bench "decode"
import type { MetricBatchBuilder } from '../../core/batch-builder.ts';
import { describeError } from '../../core/errors.ts';
import type { UnixMillis } from '../../core/units.ts';
import { isTooDense } from '../../kube/json-density.ts';
import type { DecodeResult, NodeIdentity } from '../source.ts';
import { decodeSystemContainers } from './decode-container.ts';
import { decodeNode } from './decode-node.ts';
import { decodePods } from './decode-pods.ts';
import { createWalk } from './decode-walk.ts';
import { isDeeperThan } from './depth.ts';
import { parseKubeletTime, ZERO_TIME } from './kubelet-time.ts';
import { DEPTH_SCAN_BYTES, MAX_CLOCK_AHEAD, MAX_DEPTH, MAX_SAMPLE_AGE } from './limits.ts';
import { createSummaryScanner } from './scan/scan-summary.ts';
import type { WireCpu, WireNode, WireSummary } from './wire.ts';

export interface DecodeContext {
  /** Our clock when the answer came: what uptime is counted to and sample times are judged by. */
  readonly now: UnixMillis;
}

/**
 * Remembers between documents how they are printed, and nothing else of them; a cold one reads its first documents more
 * slowly. One for all clusters: it works on one document at a time.
 */
const scanner = createSummaryScanner();

type Failure = Extract<DecodeResult, { readonly status: 'failed' }>;

function invalid(message: string): Failure {
  return { status: 'failed', reason: 'invalid', message };
}

/** At most 100 characters of a foreign text, quoted. */
function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : String(value);
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 99)}…` : text);
}

function notSummary(document: unknown): Failure {
  const { kind, message } = (typeof document === 'object' && document !== null ? document : {}) as WireSummary;
  if (typeof kind !== 'string') return invalid('the answer is JSON but no Summary: it has no node.nodeName');
  const said = typeof message === 'string' ? `: ${quoted(message)}` : '';
  return invalid(`the answer is a ${quoted(kind)} and no Summary${said}`);
}

/** Why the node's own sample time is impossible; undefined if it is not. */
function findSkew(node: WireNode, now: UnixMillis): Failure | undefined {
  const cpu = typeof node.cpu === 'object' && node.cpu !== null ? (node.cpu as WireCpu) : undefined;
  const at = typeof cpu?.time === 'string' ? parseKubeletTime(cpu.time) : Number.NaN;
  if (Number.isNaN(at) || at === ZERO_TIME) return undefined;
  const ahead = at - now;
  if (ahead <= MAX_CLOCK_AHEAD && ahead >= -MAX_SAMPLE_AGE) return undefined;
  const by = `${Math.round(Math.abs(ahead) / 1_000)} s ${ahead > 0 ? 'ahead of' : 'behind'} this collector's clock`;
  const message = `the node's cpu sample of ${quoted(cpu?.time)} is ${by}: check the time synchronisation of both`;
  return { status: 'failed', reason: 'clock_skew', message };
}

/**
 * Decodes one kubelet's `/stats/summary` into the rows of a batch builder. Everything that fails a document as a whole
 * is found before the first row is written; what is odd inside it costs a field or an entry and is counted.
 * Outcomes: `not_json`; `invalid` (no Summary, of another node, nested too deep); `clock_skew`.
 */
export function decodeSummary(
  body: Buffer,
  node: NodeIdentity,
  builder: MetricBatchBuilder,
  context: DecodeContext,
): DecodeResult {
  const rows = scanner.scan(body, node, builder, context);
  return rows === undefined ? decodeParsed(body, node, builder, context) : { status: 'ok', rows, faults: {} };
}

/**
 * The same by `JSON.parse`: five times the work, but it knows what to make of everything, and whose fault it is. Every
 * document that the scanner leaves comes here.
 */
export function decodeParsed(
  body: Buffer,
  node: NodeIdentity,
  builder: MetricBatchBuilder,
  context: DecodeContext,
): DecodeResult {
  if (body.length >= DEPTH_SCAN_BYTES && isDeeperThan(body, MAX_DEPTH)) {
    return invalid(`the answer is nested deeper than ${MAX_DEPTH} levels, which no Summary is`);
  }
  if (isTooDense(body)) {
    return invalid('the answer has more entries for its size than any Summary, and would take all memory');
  }
  let document: unknown;
  try {
    document = JSON.parse(body.toString('utf8'));
  } catch (error) {
    return { status: 'failed', reason: 'not_json', message: `the answer is not JSON: ${describeError(error)}` };
  }
  const summary = document as WireSummary | null;
  const wire = summary?.node as WireNode | null | undefined;
  if (typeof wire?.nodeName !== 'string' || wire.nodeName === '') return notSummary(document);
  if (wire.nodeName !== node.name) {
    return invalid(`the answer is the Summary of node ${quoted(wire.nodeName)}, not of ${quoted(node.name)}`);
  }
  const skew = findSkew(wire, context.now);
  if (skew !== undefined) return skew;

  const walk = createWalk(builder, { node, now: context.now });
  const { sysContainers, pods, containers, volumes } = walk;
  const first = { sys: sysContainers.rows, pods: pods.rows, containers: containers.rows, volumes: volumes.rows };
  const row = decodeNode(walk, wire);
  decodeSystemContainers(walk, row, wire.systemContainers);
  decodePods(walk, row, summary?.pods);
  return {
    status: 'ok',
    rows: {
      node: row,
      sysContainers: { from: first.sys, to: sysContainers.rows },
      pods: { from: first.pods, to: pods.rows },
      containers: { from: first.containers, to: containers.rows },
      volumes: { from: first.volumes, to: volumes.rows },
    },
    faults: walk.faults,
  };
}
