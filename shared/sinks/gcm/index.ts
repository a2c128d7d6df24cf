/**
 * `gcm:` was Heapster's sink for the API before; it is `stackdriver:` now, and takes its options.
 *
 *     gcm:?metrics=all
 *     gcm:?metrics=autoscaling
 *
 * Heapster's two words for `metrics=` keep their meaning: `all` is everything of the sink's default, `autoscaling` the node's
 * capacity, allocatable, use and reservation.
 */
import type { ComponentUri } from '../../config/config.ts';
import { defineSink } from '../define-sink.ts';
import type { SinkDefinition } from '../sink.ts';
import { openStackdriver } from '../stackdriver/open-stackdriver.ts';
import { checkOptions, DEFAULTS, OPTIONS } from '../stackdriver/options.ts';

/** Heapster's twelve metrics of a node's capacity, allocatable, use and reservation. */
const AUTOSCALING = 'cpu/node_*,memory/node_*,ephemeral_storage/node_*';

const definition = defineSink({
  key: 'gcm',
  options: OPTIONS,
  defaults: DEFAULTS,
  check: checkOptions,
  async create(options, uri, context) {
    context.notice({ where: 'sink gcm', notice: 'gcm: is stackdriver: now, with its resources and metric names' });
    return await openStackdriver(options, uri, context);
  },
});

const gcm: SinkDefinition = { ...definition, open: (uri, context) => definition.open(inOurWords(uri), context) };

export default gcm;

function inOurWords(uri: ComponentUri): ComponentUri {
  const options = new Map(uri.options);
  const metrics = options.get('metrics');
  if (metrics?.length === 1 && metrics[0] === 'all') options.delete('metrics');
  if (metrics?.length === 1 && metrics[0] === 'autoscaling') {
    options.set('metrics', [AUTOSCALING]);
    if (!options.has('levels')) options.set('levels', ['node']);
  }
  return { ...uri, options };
}
