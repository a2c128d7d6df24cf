import type * as z from 'zod';
import { choiceOption } from '../config/option-types.ts';
import { LOADABLE_DIALECTS, type LoadableDialect } from '../dialects/registry.ts';

/** The option `names` of sinks that speak dialects. */
export function namesOption(): z.ZodType<LoadableDialect> {
  return choiceOption(LOADABLE_DIALECTS, { default: 'heapster' }).describe(
    'Names, units and labels of the same values: Heapster’s, those of OpenTelemetry’s receivers (`otel`) or conventions (`semconv`), or those that Kubernetes dashboards ask Prometheus for',
  );
}
