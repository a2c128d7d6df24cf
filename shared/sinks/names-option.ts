import type { Option } from '../config/option.ts';
import { choiceOption } from '../config/option-types.ts';
import type { LoadableDialect } from '../dialects/registry.ts';

/** Container Insights' names are CloudWatch's alone: its percentages and dimensions mean nothing elsewhere. */
const ANYWHERE = ['heapster', 'otel', 'semconv', 'prometheus'] as const satisfies readonly LoadableDialect[];

/** The option `names` of sinks that speak dialects. */
export function namesOption(): Option<(typeof ANYWHERE)[number]> {
  return choiceOption(ANYWHERE, { default: 'heapster' }).describe(
    'Names, units and labels of the same values: Heapster’s, those of OpenTelemetry’s receivers (`otel`) or conventions (`semconv`), or those that Kubernetes dashboards ask Prometheus for',
  );
}
