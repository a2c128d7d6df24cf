import type * as z from '../core/zod.ts';
import { optionMeta } from './option.ts';

/** One row of a generated table of options. `default` is empty if there is none. */
export interface OptionDescription {
  readonly name: string;
  readonly type: string;
  readonly default: string;
  readonly description: string;
}

/** The options of a schema for the docs, in their order. Throws if an option has no description: it must have one. */
export function describeOptions(schema: z.ZodMiniObject): readonly OptionDescription[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const meta = optionMeta(field);
    if (meta.description === undefined) throw new RangeError(`option ${name} has no description: add .describe()`);
    const type = meta.kind ?? 'text';
    return {
      name,
      type: meta.repeatable === true && type !== 'list' ? `${type}, repeatable` : type,
      default: meta.defaultText ?? '',
      description: meta.description,
    };
  });
}
