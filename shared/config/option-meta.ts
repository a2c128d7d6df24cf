import type { z } from 'zod';

/** What an option's schema says of itself; set with `.meta()` or `.describe()`, in any order with the wrappers. */
export interface OptionMeta {
  readonly description?: string;
  /** Type in words, for the docs: `whole number`, `true or false`. */
  readonly kind?: string;
  /** The default as a user would write it. */
  readonly defaultText?: string;
  readonly repeatable?: boolean;
  readonly secret?: boolean;
}

interface Wrapper {
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly defaultValue?: unknown;
}

function asText(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** The meta of a schema and of everything it wraps (`.optional()`, `.default()`, `.transform()`); the outermost wins. */
export function optionMeta(schema: z.ZodType): OptionMeta {
  const wrapper = schema.def as Wrapper;
  const inner = wrapper.innerType ?? wrapper.in;
  const below = inner === undefined ? {} : optionMeta(inner);
  const byDefault = wrapper.defaultValue === undefined ? {} : { defaultText: asText(wrapper.defaultValue) };
  return { ...byDefault, ...below, ...(schema.meta() as OptionMeta | undefined) };
}
