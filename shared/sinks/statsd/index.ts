/**
 * `statsd:` sends gauges to a StatsD server by UDP.
 *
 *     statsd:udp://statsd:8125
 *     statsd:udp://telegraf:8125?protocolType=influxstatsd&prefix=k8s_
 *     statsd:udp://statsd:8125?prefix=k8s.prod&numMetricsPerMsg=10&levels=cluster,namespace,node
 *
 * StatsD answers nothing and has no times: delivered means sent, what the network or a full buffer loses is not seen, and
 * values of an earlier tick are never sent. Gauges may be sent twice; counters are sent as gauges, as Heapster does.
 */
import { choiceOption, listOption, secondsOption, textOption, wholeNumberOption } from '../../config/option-types.ts';
import { SinkError } from '../../core/errors.ts';
import { LEVELS } from '../../core/level.ts';
import * as z from '../../core/zod.ts';
import { loadDialect } from '../../dialects/registry.ts';
import { defineSink } from '../define-sink.ts';
import { classifyFault } from '../http/classify-http.ts';
import { namesOption } from '../names-option.ts';
import { type NetAddressRules, readNetAddress } from '../net/net-address.ts';
import { createUdpSender } from '../net/send-udp.ts';
import { quotaOptions, withQuota } from '../quota-options.ts';
import { selectionOptions, toSelection } from '../selection.ts';
import type { SelectionDefaults, Sink } from '../sink.ts';
import type { LineRequest } from '../text/line-request.ts';
import { packDatagrams } from '../text/pack-datagrams.ts';
import { encodeStatsd } from './encode.ts';
import { createLabelStyle, readRenamed } from './label-style.ts';
import { LIMITS, MAX_DATAGRAM_BYTES, OLDEST } from './limits.ts';
import type { StatsdSettings } from './settings.ts';

const DEFAULTS: SelectionDefaults = { levels: LEVELS, metrics: ['*'] };

const OPTIONS = z.object({
  prefix: textOption({ default: '' }).describe('Begins every name; with etsystatsd a dot follows it'),
  protocolType: choiceOption(['etsystatsd', 'influxstatsd'], { default: 'etsystatsd' }).describe(
    '`etsystatsd`: everything in the name, `node.H.namespace.NS.pod.P.cpu/usage_rate`; `influxstatsd`: labels as tags, `cpu/usage_rate,nodename=H`',
  ),
  numMetricsPerMsg: wholeNumberOption({ default: 5, min: 1, max: 1_000 }).describe(
    'Most values in a datagram; one never exceeds 1,400 bytes if a value fits',
  ),
  renameLabels: listOption({ default: [] }).describe('`OLD:NEW,…`: other names for labels'),
  allowedLabels: listOption({ default: [] }).describe(
    'Labels that are written beside the path, by their own names; `labels` stands for all Kubernetes labels; empty = all',
  ),
  labelStyle: choiceOption(['lowerCamelCase', 'upperCamelCase'], { default: 'lowerCamelCase' }).describe(
    'How names of labels are written that are not renamed',
  ),
  cluster_name: textOption({}).describe('Tag of the cluster with influxstatsd; none if not given'),
  names: namesOption(),
  request_timeout_sec: secondsOption({ default: 10, min: 1, max: 300 }).describe(
    'Longest time for one request; never beyond the export timeout',
  ),
  ...selectionOptions(DEFAULTS),
  ...quotaOptions(),
});

const ADDRESS: NetAddressRules<'udp'> = { transports: ['udp'], port: 8125 };
const RULES = { backend: 'StatsD', credentials: 'none are used' };

export default defineSink({
  key: 'statsd',
  options: OPTIONS,
  defaults: DEFAULTS,
  address: true,
  check(options, uri) {
    const address = readNetAddress(uri, ADDRESS);
    return [
      ...('problem' in address ? [address.problem] : []),
      ...(readRenamed(options.renameLabels) === undefined ? ['renameLabels must be OLD:NEW, separated by commas'] : []),
    ];
  },
  async create(options, uri, context): Promise<Sink<LineRequest>> {
    const target = readNetAddress(uri, ADDRESS);
    if ('problem' in target) throw new RangeError(target.problem);
    const dialect = await loadDialect(options.names);
    const udp = createUdpSender(target.address);
    const settings: StatsdSettings = {
      dialect,
      form: options.protocolType,
      prefix: options.prefix,
      clusterName: options.cluster_name,
      customize: createLabelStyle(options.labelStyle, readRenamed(options.renameLabels) ?? new Map()),
      allowed: new Set(options.allowedLabels),
    };
    const datagrams = { maxBytes: MAX_DATAGRAM_BYTES, maxLines: options.numMetricsPerMsg };
    return {
      name: uri.key,
      shown: uri.shown,
      limits: withQuota(LIMITS, options),
      selection: toSelection(options, { dialect }),
      encode: (batch, reject) => encodeStatsd(batch, settings, reject),
      async send(request, signal) {
        if (context.clock.now() - (request.stamp ?? 0) > OLDEST) {
          const cause = new SinkError('StatsD has no times, so values of an earlier tick are not sent', {
            code: 'sink_window',
          });
          return { status: 'rejected', cause };
        }
        const bounded = AbortSignal.any([signal, AbortSignal.timeout(options.request_timeout_sec)]);
        try {
          await udp.send(packDatagrams(request, datagrams), bounded);
          return { status: 'delivered' };
        } catch (error) {
          return classifyFault(error, RULES);
        }
      },
      async close() {
        udp.close();
      },
    };
  },
});
