import * as z from 'zod';
import { type Millis, SECOND } from '../core/units.ts';
import { DURATION_FORM, formatDuration, readDuration } from './duration.ts';
import { repeatable } from './options.ts';

// A configuration is checked once: code made for it, as zod would, costs more than it saves.
z.config({ jitless: true });

/** Every option is optional unless it has a default or is required. */
export interface OptionSettings<T> {
  readonly default?: T;
  readonly required?: boolean;
  /** True if the value is never shown although its name does not look secret. */
  readonly secret?: boolean;
}

/** `T`, or `T | undefined` if the option may be absent and has no default. */
type Given<T, S> = S extends { readonly default: unknown } | { readonly required: true } ? T : T | undefined;

type OptionSchema<T, S> = z.ZodType<Given<T, S>>;

interface RangeSettings<T> extends OptionSettings<T> {
  readonly min?: number;
  readonly max?: number;
}

/** How a text becomes a value: a value, or what it must be. */
type Reading<T> = { readonly value: T } | { readonly must: string };

interface Shape<T> {
  readonly kind: string;
  readonly read: (text: string) => Reading<T>;
  readonly write?: (value: T) => string;
}

/**
 * One schema object an option: a cold start makes a hundred options, and each object of zod costs it about 50 µs of CPU. So no
 * `.optional()`, no pipe, and no `.meta()`, which would copy it; `.describe()` does not here.
 */
function option<T, S extends OptionSettings<T>>(settings: S, shape: Shape<T>): OptionSchema<T, S> {
  const initial = settings.default;
  const value = z.transform((text, context): T | undefined => {
    if (text === undefined && settings.required !== true) return initial;
    if (typeof text !== 'string') {
      context.issues.push({ code: 'custom', message: 'is required', input: text });
      return z.NEVER;
    }
    const reading = shape.read(text);
    if ('value' in reading) return reading.value;
    context.issues.push({ code: 'custom', message: `must be ${reading.must}`, input: text });
    return z.NEVER;
  });
  const defaultText = initial === undefined ? undefined : (shape.write ?? String)(initial);
  const meta = {
    kind: shape.kind,
    secret: settings.secret === true,
    ...(defaultText === undefined ? {} : { defaultText }),
  };
  z.globalRegistry.add(value, meta);
  value.describe = (description) => {
    z.globalRegistry.add(value, { ...meta, description });
    return value;
  };
  return value as unknown as OptionSchema<T, S>;
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
]);

/** `true` or `false` in Go's spellings: `1 t T TRUE true True 0 f F FALSE false False`. */
export function booleanOption<const D extends boolean | undefined>(byDefault: D): z.ZodType<boolean | D> {
  const settings: OptionSettings<boolean> = byDefault === undefined ? {} : { default: byDefault };
  const schema = option<boolean, OptionSettings<boolean>>(settings, {
    kind: 'true or false',
    read: (text) => {
      const value = BOOLEANS.get(text);
      return value === undefined ? { must: 'true or false' } : { value };
    },
  });
  return schema as z.ZodType<boolean | D>;
}

/** `of at least 1`, `from 1 to 9`, `of at most 9`, or nothing. */
function rangeText(min: number | undefined, max: number | undefined, show: (value: number) => string): string {
  if (min !== undefined && max !== undefined) return ` from ${show(min)} to ${show(max)}`;
  if (min !== undefined) return ` of at least ${show(min)}`;
  return max === undefined ? '' : ` of at most ${show(max)}`;
}

function inRange(value: number, settings: { readonly min?: number; readonly max?: number }): boolean {
  return value >= (settings.min ?? Number.NEGATIVE_INFINITY) && value <= (settings.max ?? Number.POSITIVE_INFINITY);
}

function readWhole(text: string, settings: { readonly min?: number; readonly max?: number }): Reading<number> {
  const value = /^[-+]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value) && inRange(value, settings)) return { value };
  return { must: `a whole number${rangeText(settings.min, settings.max, String)}` };
}

/** A whole number within bounds. */
export function wholeNumberOption<const S extends RangeSettings<number>>(settings: S): OptionSchema<number, S> {
  const kind = `whole number${rangeText(settings.min, settings.max, String)}`;
  return option<number, S>(settings, { kind, read: (text) => readWhole(text, settings) });
}

/** A number from 0 to 1. */
export function fractionOption<const S extends OptionSettings<number>>(settings: S): OptionSchema<number, S> {
  return option<number, S>(settings, {
    kind: 'number from 0 to 1',
    read: (text) => {
      const value = /^(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
      return value >= 0 && value <= 1 ? { value } : { must: 'a number from 0 to 1' };
    },
  });
}

/** Whole seconds within bounds; bounds and default are in seconds, the value is in milliseconds. */
export function secondsOption<const S extends RangeSettings<number>>(settings: S): OptionSchema<Millis, S> {
  const kind = `whole seconds${rangeText(settings.min, settings.max, String)}`;
  const millis = settings.default === undefined ? {} : { default: settings.default * SECOND };
  return option<Millis, OptionSettings<Millis>>(
    { ...settings, ...millis },
    {
      kind,
      read: (text) => {
        const seconds = readWhole(text, settings);
        return 'value' in seconds ? { value: seconds.value * SECOND } : seconds;
      },
      write: (value) => String(value / SECOND),
    },
  ) as OptionSchema<Millis, S>;
}

/** A Go duration (`1m0s`) within bounds; bounds, default and value are in milliseconds. */
export function durationOption<const S extends RangeSettings<Millis>>(settings: S): OptionSchema<Millis, S> {
  const bounds = rangeText(settings.min, settings.max, formatDuration);
  return option<Millis, S>(settings, {
    kind: `duration${bounds}`,
    read: (text) => {
      const value = readDuration(text);
      return value !== undefined && inRange(value, settings) ? { value } : { must: `${DURATION_FORM}${bounds}` };
    },
    write: formatDuration,
  });
}

/** Any text; blank counts as given. */
export function textOption<const S extends OptionSettings<string>>(settings: S): OptionSchema<string, S> {
  return option<string, S>(settings, { kind: 'text', read: (value) => ({ value }), write: (value) => value });
}

/** One word of a fixed set. */
export function choiceOption<const C extends readonly string[], const S extends OptionSettings<C[number]>>(
  choices: C,
  settings: S,
): OptionSchema<C[number], S> {
  return option<C[number], S>(settings, {
    kind: `one of ${choices.join(', ')}`,
    read: (text) => (choices.includes(text) ? { value: text } : { must: `one of ${choices.join(', ')}` }),
  });
}

/** Texts separated by commas, in one option or in several; white space around them and empty parts are dropped. */
export function listOption(settings: { readonly default: readonly string[] }): z.ZodType<readonly string[]> {
  const list = z
    .array(z.string())
    .optional()
    .transform((given): readonly string[] => {
      if (given === undefined) return settings.default;
      const parts = given.flatMap((text) => text.split(','));
      return parts.map((part) => part.trim()).filter((part) => part !== '');
    });
  return repeatable(list.meta({ kind: 'list', defaultText: settings.default.join(',') }));
}
