import type * as z from 'zod';
import { choiceOption } from '../config/option-types.ts';
import type { LoadableDialect } from '../dialects/registry.ts';

/** The option `names` of sinks that speak dialects. */
export function namesOption(): z.ZodType<LoadableDialect> {
  return choiceOption(['heapster'], { default: 'heapster' }).describe('Names of metrics and labels');
}
