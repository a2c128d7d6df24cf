/**
 * `otlp:` sends metrics by OTLP/HTTP to a collector, to CloudWatch, Google Cloud, Azure Monitor and others.
 *
 *     otlp:http://collector:4318
 *     otlp:?preset=cloudwatch&region=eu-west-1
 *     otlp:?preset=google&resource_attribute=location=europe-west1
 *     otlp:https://otlp-gateway-prod-eu-west-2.grafana.net/otlp/v1/metrics?preset=grafana&user=12345&password=${secret:grafana}
 *
 * Limits are those of the preset (presets.ts). Tried again: 429, 502, 503, 504 and broken connections, nothing else; points
 * that the server rejects are counted. https://opentelemetry.io/docs/specs/otlp/
 */
import { loadDialect } from '../../dialects/registry.ts';
import type { Authorizer } from '../auth/authorizer.ts';
import { defineSink } from '../define-sink.ts';
import { readOtlpAddress } from './endpoint.ts';
import { openOtlp } from './open-otlp.ts';
import { DEFAULTS, OPTIONS } from './options.ts';
import { presetOf } from './presets.ts';

export default defineSink({
  key: 'otlp',
  options: OPTIONS,
  defaults: DEFAULTS,
  address: true,
  check(options, uri) {
    const preset = presetOf(options.preset);
    const address = readOtlpAddress(uri, preset, options.region);
    const named = new Set(options.resource_attribute.map(([name]) => name));
    const missing = preset.needs
      .filter((names) => !names.some((name) => named.has(name)))
      .map(
        (names) => `preset=${options.preset} needs resource_attribute=${names[0]}=… (or ${names.slice(1).join(', ')})`,
      );
    return ['problem' in address ? address.problem : [], missing].flat();
  },
  async create(options, uri, context) {
    const preset = presetOf(options.preset);
    const address = readOtlpAddress(uri, preset, options.region);
    if ('problem' in address) throw new RangeError(address.problem);
    const authorizer: Authorizer = { source: 'none', authorize: async () => ({}), renew() {} };
    const dialect = await loadDialect(options.names);
    return openOtlp({ uri, context, url: address.url, preset, options, dialect, authorizer });
  },
});
