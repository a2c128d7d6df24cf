import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Clock } from '../../core/clock.ts';
import { SinkError } from '../../core/errors.ts';
import { classifyAnswer, classifyFault, type HttpRules } from '../http/classify-http.ts';
import type { HttpAnswer } from '../http/http-answer.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { SendOutcome } from '../sink.ts';
import type { LineRequest } from '../text/line-request.ts';
import { readBulkAnswer } from './classify.ts';
import { readNodeAddresses } from './nodes.ts';
import { linesAt, pointsAt, type Rest } from './rest.ts';

export interface BulkSenderDeps {
  readonly client: HttpClient;
  readonly clock: Clock;
  readonly addresses: readonly URL[];
  readonly headers: Readonly<Record<string, string>>;
  readonly rules: HttpRules;
  readonly pipeline: string | undefined;
  readonly compression: 'none' | 'gzip';
  readonly sniff: boolean;
}

const compress = promisify(gzip);
const NOTHING = new Uint8Array(0);
/** Statuses and errors alone: an answer to 1,000 documents fits what is kept of it. */
const FILTER = 'errors,items.*.status,items.*.error.type,items.*.error.reason';

/** Sends bulk requests to the nodes in turn. Of a request that was taken in part, the next attempt sends the rest. */
export function createBulkSender(
  deps: BulkSenderDeps,
): (request: LineRequest, signal: AbortSignal) => Promise<SendOutcome> {
  const { client, clock, headers, rules } = deps;
  const rests = new WeakMap<LineRequest, Rest>();
  let nodes = deps.addresses;
  let isSniffed = !deps.sniff;
  let turn = 0;

  const at = (node: URL, path: string, query: Readonly<Record<string, string>>): URL => {
    const url = new URL(node);
    url.pathname = `${node.pathname.replace(/\/+$/, '')}${path}`;
    url.search = new URLSearchParams(query).toString();
    return url;
  };
  const sniff = async (signal: AbortSignal): Promise<SendOutcome | undefined> => {
    const node = nodes[turn++ % nodes.length] as URL;
    const url = at(node, '/_nodes/http', { filter_path: 'nodes.*.http.publish_address' });
    const answer = await client.send({ method: 'GET', url, headers, body: NOTHING }, signal);
    if (answer.status !== 200) return classifyAnswer(answer, rules, clock.now());
    const found = readNodeAddresses(answer.body, node.protocol);
    if (found.length > 0) nodes = found;
    isSniffed = true;
    return undefined;
  };
  const post = async (request: LineRequest, signal: AbortSignal): Promise<HttpAnswer> => {
    const node = nodes[turn++ % nodes.length] as URL;
    const { pipeline } = deps;
    const query = { filter_path: FILTER, ...(pipeline === undefined ? {} : { pipeline }) };
    const zipped = deps.compression === 'gzip' ? await compress(request.body, { level: 1 }) : undefined;
    const encoding = zipped === undefined ? {} : { 'content-encoding': 'gzip' };
    return await client.send(
      {
        method: 'POST',
        url: at(node, '/_bulk', query),
        headers: { ...headers, 'content-type': 'application/x-ndjson', ...encoding },
        body: zipped ?? request.body,
      },
      signal,
    );
  };

  return async (request, signal) => {
    try {
      const problem = isSniffed ? undefined : await sniff(signal);
      if (problem !== undefined) return problem;
      const before = rests.get(request) ?? { request, refused: 0, cause: undefined };
      const result = readBulkAnswer(await post(before.request, signal), before.request.lines, rules, clock.now());
      if (result.kind === 'whole') return conclude(result.outcome, request, before);
      const refused = before.refused + pointsAt(before.request, result.refused);
      const cause = result.refused.length > 0 ? result.cause : (before.cause ?? result.cause);
      if (result.again.length === 0) return settle(request, refused, cause);
      rests.set(request, { request: linesAt(before.request, result.again), refused, cause });
      return { status: 'retryable', cause: result.cause, ambiguous: false };
    } catch (error) {
      if (!(error instanceof SinkError)) return classifyFault(error, rules);
      if (error.retryable) return { status: 'retryable', cause: error, ambiguous: false };
      return { status: 'rejected', cause: error };
    }
  };
}

function settle(request: LineRequest, refused: number, cause: unknown): SendOutcome {
  if (refused === 0) return { status: 'delivered' };
  return refused < request.points ? { status: 'partial', rejected: refused, cause } : { status: 'rejected', cause };
}

/** An outcome of what was sent now, as one of the request: what was refused before stays refused. */
function conclude(outcome: SendOutcome, request: LineRequest, { request: sent, refused, cause }: Rest): SendOutcome {
  if (outcome.status === 'delivered') return settle(request, refused, cause);
  if (outcome.status === 'rejected' && sent !== request) {
    return { status: 'partial', rejected: refused + sent.points, cause: outcome.cause };
  }
  return outcome;
}
