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
import type { ComponentUri } from '../../config/config.ts';
import { readEnvironment } from '../../config/env.ts';
import { loadDialect } from '../../dialects/registry.ts';
import { authKindOf } from '../auth/auth-kind.ts';
import { authProblems } from '../auth/auth-problems.ts';
import { createAuthorizer } from '../auth/registry.ts';
import { defineSink } from '../define-sink.ts';
import type { HttpAddress } from '../http/http-address.ts';
import { readOtlpAddress, withAddress } from './endpoint.ts';
import { openOtlp } from './open-otlp.ts';
import { DEFAULTS, OPTIONS, type OtlpOptions } from './options.ts';
import { type Preset, presetOf } from './presets.ts';

export default defineSink({
  key: 'otlp',
  options: OPTIONS,
  defaults: DEFAULTS,
  address: true,
  check(options, uri) {
    const preset = presetOf(options.preset);
    const address = addressOf(options, uri, preset);
    const named = new Set(options.resource_attribute.map(([name]) => name));
    const missing = preset.needs
      .filter((names) => !names.some((name) => named.has(name)))
      .map(([first = '', ...others]) => {
        return `preset=${options.preset} needs resource_attribute=${first}=… (or ${others.join(', ')})`;
      });
    if ('problem' in address) return [address.problem, ...missing];
    return [
      ...missing,
      ...authProblems(options, withAddress(uri, address.url), {
        byDefault: preset.auth,
        shared: preset.endpoint?.includes('{region}') === true ? ['region'] : [],
      }),
    ];
  },
  async create(options, uri, context) {
    const preset = presetOf(options.preset);
    const address = addressOf(options, uri, preset);
    if ('problem' in address) throw new RangeError(address.problem);
    const auth = authKindOf(options, uri, preset.auth);
    const authorizer = await createAuthorizer({ ...options, auth }, withAddress(uri, address.url), `sink ${uri.key}`);
    const dialect = await loadDialect(options.names);
    return openOtlp({ uri, context, url: address.url, preset, options, dialect, authorizer });
  },
});

function addressOf(options: OtlpOptions, uri: ComponentUri, preset: Preset): HttpAddress {
  const region = options.region ?? readEnvironment('AWS_REGION') ?? readEnvironment('AWS_DEFAULT_REGION');
  return readOtlpAddress(uri, preset, region);
}
