/**
 * `graphite:` writes Graphite's plaintext protocol over TCP or UDP.
 *
 *     graphite:tcp://carbon:2003
 *     graphite:tcp://carbon:2003?prefix=clusters.prod
 *     graphite:tcp://carbon:2003?form=tagged&cluster_name=prod
 *     graphite:udp://carbon:2003
 *
 * Graphite answers nothing. Over TCP, delivered means that carbon read to the end and closed the connection: it most
 * probably stored the points, and a fault before that is seen and repeated. Over UDP, delivered means sent: what the
 * network or a full buffer loses is not seen. A point sent twice overwrites itself.
 */
import { booleanOption, choiceOption, secondsOption, textOption } from '../../config/option-types.ts';
import { LEVELS } from '../../core/level.ts';
import * as z from '../../core/zod.ts';
import { loadDialect } from '../../dialects/registry.ts';
import { createBufferPool } from '../buffer-pool.ts';
import { defineSink } from '../define-sink.ts';
import { classifyFault } from '../http/classify-http.ts';
import { namesOption } from '../names-option.ts';
import { type NetAddressRules, readNetAddress } from '../net/net-address.ts';
import { sendTcp } from '../net/send-tcp.ts';
import { createUdpSender } from '../net/send-udp.ts';
import { quotaOptions, withQuota } from '../quota-options.ts';
import { selectionOptions, toSelection } from '../selection.ts';
import type { SelectionDefaults, Sink, SinkCheck } from '../sink.ts';
import type { LineRequest } from '../text/line-request.ts';
import { packDatagrams } from '../text/pack-datagrams.ts';
import { encodeGraphite } from './encode.ts';
import { BACKLOG, LIMITS, MAX_DATAGRAM_BYTES } from './limits.ts';

const DEFAULTS: SelectionDefaults = { levels: LEVELS, metrics: ['*'] };

const OPTIONS = z.object({
  prefix: textOption({ default: 'kubernetes' }).describe(
    'First elements of every name, with dots between them; may be empty',
  ),
  form: choiceOption(['plain', 'tagged'], { default: 'plain' }).describe(
    "`plain`: Heapster's paths, `PREFIX.nodes.HOST.cpu.usage_rate`; `tagged`: `PREFIX.cpu.usage_rate;nodename=HOST;…` (Graphite 1.1)",
  ),
  cluster_name: textOption({}).describe("Tag `cluster_name` with form=tagged; else the cluster's configured name"),
  names: namesOption(),
  wait_for_close: booleanOption(true).describe(
    'TCP: `true` counts a request as delivered when the server has read it and closed; `false` when the kernel took it',
  ),
  request_timeout_sec: secondsOption({ default: 10, min: 1, max: 300 }).describe(
    'Longest time for one request; never beyond the export timeout',
  ),
  ...selectionOptions(DEFAULTS),
  ...quotaOptions(),
});

const ADDRESS: NetAddressRules<'tcp' | 'udp'> = { transports: ['tcp', 'udp'], port: 2003 };
const RULES = { backend: 'Graphite', credentials: 'none are used' };

export default defineSink({
  key: 'graphite',
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
    const udp = target.transport === 'udp' ? createUdpSender(target.address) : undefined;
    const untilClosed = options.wait_for_close;
    const settings = { dialect, prefix: options.prefix, form: options.form, clusterName: options.cluster_name };
    const pool = createBufferPool(LIMITS.concurrency + 1);
    return {
      name: uri.key,
      shown: uri.shown,
      limits: withQuota(LIMITS, options),
      selection: toSelection(options, { dialect }),
      encode: (batch, reject) => encodeGraphite(batch, settings, reject, pool),
      async send(request, signal) {
        const bounded = AbortSignal.any([signal, AbortSignal.timeout(options.request_timeout_sec)]);
        try {
          if (udp === undefined) await sendTcp(target.address, request.body, { untilClosed }, bounded);
          else {
            const limits = { maxBytes: MAX_DATAGRAM_BYTES, maxLines: Number.POSITIVE_INFINITY };
            await udp.send(packDatagrams(request, limits), bounded);
          }
          return { status: 'delivered' };
        } catch (error) {
          return classifyFault(error, RULES);
        }
      },
      backlog: BACKLOG,
      ...(udp === undefined && {
        async check(signal: AbortSignal): Promise<SinkCheck> {
          const { host, port } = target.address;
          try {
            await sendTcp(target.address, new Uint8Array(0), { untilClosed: false }, signal);
            const seen = `${host}:${port} takes connections`;
            return {
              outcome: { status: 'delivered' },
              seen,
              unchecked: 'whether it stores lines, as it answers nothing',
            };
          } catch (error) {
            return { outcome: classifyFault(error, RULES), seen: '' };
          }
        },
      }),
      async close() {
        udp?.close();
      },
    };
  },
});
