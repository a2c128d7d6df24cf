/**
 * `riemann:` sends events to Riemann over TCP, in protobuf.
 *
 *     riemann:http://riemann-heapster:5555
 *     riemann:tcp://riemann:5555?ttl=120&state=ok&tags=k8s&tags=prod
 *     riemann:tcp://riemann:5555?host=row&batchsize=500
 *
 * The options are Heapster's. A message has at most `batchsize` events and 1 MiB; Riemann answers each with `ok`, which is
 * waited for. An event that comes again has the same host, service and time. Field numbers and their source: encode-fields.ts.
 */
import { choiceOption, listOption, secondsOption, textOption, wholeNumberOption } from '../../config/option-types.ts';
import { SinkError } from '../../core/errors.ts';
import { LEVELS } from '../../core/level.ts';
import * as z from '../../core/zod.ts';
import { loadDialect } from '../../dialects/registry.ts';
import { defineSink } from '../define-sink.ts';
import { deliveryOption, withDelivery } from '../delivery-option.ts';
import { classifyFault } from '../http/classify-http.ts';
import { namesOption } from '../names-option.ts';
import { type NetAddressRules, readNetAddress } from '../net/net-address.ts';
import { quotaOptions, withQuota } from '../quota-options.ts';
import { selectionOptions, toSelection } from '../selection.ts';
import type { SelectionDefaults, SendOutcome, Sink } from '../sink.ts';
import type { LineRequest } from '../text/line-request.ts';
import { createConnections } from './connections.ts';
import { BACKLOG, encodeRiemann, limitsOf, toFrame } from './encode.ts';
import { DEFAULT_BATCH_SIZE } from './limits.ts';
import { classifyReply } from './reply.ts';
import type { RiemannSettings } from './settings.ts';

const DEFAULTS: SelectionDefaults = { levels: LEVELS, metrics: ['*'] };

const OPTIONS = z.object({
  ttl: textOption({ default: '60' })
    .refine((text) => {
      const isSeconds = /^(\d+(\.\d*)?|\.\d+)$/.test(text) && Number(text) > 0 && Number(text) <= 1e9;
      return isSeconds ? undefined : 'must be a number of seconds above 0';
    })
    .describe('Seconds that an event is valid; Riemann expires its series when nothing newer came until then'),
  state: textOption({ default: '' }).describe('State of every event; empty = none'),
  tags: listOption({ default: ['heapster'] }).describe('Tags of every event; may be given several times'),
  batchsize: wholeNumberOption({ default: DEFAULT_BATCH_SIZE, min: 1, max: 100_000 }).describe(
    'Most events in a message',
  ),
  host: choiceOption(['hostname', 'row'], { default: 'hostname' }).describe(
    "Host of events: `hostname`, as Heapster's (rows without one have the cluster's name), or `row`, the row's key " +
      "(`prod/namespace:shop/pod:web-0`). Riemann's index has one event for a host and service: with `hostname`, pods of a node stand in " +
      'for each other there; streams see all of them',
  ),
  cluster_name: textOption({}).describe("Attribute `cluster_name`; else the cluster's configured name"),
  names: namesOption(),
  delivery: deliveryOption('the index replaces an event by its copy, but streams see both'),
  concurrency: wholeNumberOption({ default: 2, min: 1, max: 64 }).describe('Most messages at once, a connection each'),
  request_timeout_sec: secondsOption({ default: 10, min: 1, max: 300 }).describe(
    'Longest time for one message and its answer; never beyond the export timeout',
  ),
  ...selectionOptions(DEFAULTS),
  ...quotaOptions(),
});

/** Heapster's lines have `http://` though it is none. */
const ADDRESS: NetAddressRules<'tcp' | 'http'> = {
  transports: ['tcp', 'http'],
  port: 5555,
  byDefault: 'riemann-heapster:5555',
};
const RULES = { backend: 'Riemann', credentials: 'none are used' };

export default defineSink({
  key: 'riemann',
  options: OPTIONS,
  defaults: DEFAULTS,
  address: true,
  check(_options, uri) {
    const address = readNetAddress(uri, ADDRESS);
    return 'problem' in address ? [address.problem] : [];
  },
  async create(options, uri): Promise<Sink<LineRequest>> {
    const target = readNetAddress(uri, ADDRESS);
    if ('problem' in target) throw new RangeError(target.problem);
    const dialect = await loadDialect(options.names);
    const settings: RiemannSettings = {
      dialect,
      clusterName: options.cluster_name,
      host: options.host,
      ttl: Number(options.ttl),
      state: options.state,
      tags: options.tags,
      batchSize: options.batchsize,
    };
    const connections = createConnections(target.address);
    const exchange = async (message: Uint8Array, signal: AbortSignal): Promise<SendOutcome> => {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(options.request_timeout_sec)]);
      try {
        return classifyReply(await connections.exchange(toFrame(message), bounded));
      } catch (error) {
        return error instanceof SinkError ? { status: 'rejected', cause: error } : classifyFault(error, RULES);
      }
    };
    const sink: Sink<LineRequest> = {
      name: uri.key,
      shown: uri.shown,
      limits: withQuota(limitsOf(options.batchsize, options.concurrency), options),
      selection: toSelection(options, { dialect }),
      encode: (batch, reject) => encodeRiemann(batch, settings, reject),
      send: (request, signal) => exchange(request.body, signal),
      async check(signal) {
        // A message without events is answered as any other.
        const outcome = await exchange(new Uint8Array(0), signal);
        return { outcome, seen: `Riemann answers at ${target.address.host}:${target.address.port}` };
      },
      backlog: BACKLOG,
      async close() {
        connections.close();
      },
    };
    return withDelivery(sink, options.delivery);
  },
});
