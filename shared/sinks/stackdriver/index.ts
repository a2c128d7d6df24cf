/**
 * `stackdriver:` writes custom metrics to Google Cloud Monitoring, with Heapster's options, resources and names.
 *
 *     stackdriver:?cluster_name=prod&use_old_resources=true&use_new_resources=false&min_interval_sec=100&batch_export_timeout_sec=110
 *     stackdriver:?project=acme&cluster_name=prod&cluster_location=europe-west1&use_old_resources=false&use_new_resources=true
 *
 * Limits (limits.ts): 200 series in a request, one point each, at most 25 hours old, and newer than the newest of its series.
 * The service stores the good points of a request and tells how many of the others there were and why; a point that it has
 * already is refused and counts as stored, so everything may be repeated.
 */
import { defineSink } from '../define-sink.ts';
import { openStackdriver } from './open-stackdriver.ts';
import { checkOptions, DEFAULTS, OPTIONS } from './options.ts';

export default defineSink({
  key: 'stackdriver',
  options: OPTIONS,
  defaults: DEFAULTS,
  check: checkOptions,
  create: openStackdriver,
});
