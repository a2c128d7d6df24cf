import { type Millis, SECOND } from '../core/units.ts';
import { DURATION_FORM, formatDuration, readDuration } from './duration.ts';
import { type Complain, createOption, type Option, type OptionMeta } from './option.ts';

/** Every option is optional unless it has a default or is required. */
export interface OptionSettings<T> {
  readonly default?: T;
  readonly required?: boolean;
  /** True if the value is never shown although its name does not look secret. */
  readonly secret?: boolean;
}

/** `T`, or `T | undefined` if the option may be absent and has no default. */
type Given<T, S> = S extends { readonly default: unknown } | { readonly required: true } ? T : T | undefined;

type OptionOf<T, S> = Option<Given<T, S>>;

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

function option<T, S extends OptionSettings<T>>(settings: S, shape: Shape<T>): OptionOf<T, S> {
  const initial = settings.default;
  const read = (text: unknown, complain: Complain): T | undefined => {
    if (text === undefined && settings.required !== true) return initial;
    if (typeof text !== 'string') {
      complain('is required');
      return undefined;
    }
    const reading = shape.read(text);
    if ('value' in reading) return reading.value;
    complain(`must be ${reading.must}`);
    return undefined;
  };
  const defaultText = initial === undefined ? undefined : (shape.write ?? String)(initial);
  const meta = {
    kind: shape.kind,
    secret: settings.secret === true,
    ...(defaultText === undefined ? {} : { defaultText }),
  };
  return createOption(read, meta) as OptionOf<T, S>;
}

/** An option that may be given several times: `read` gets all its texts, undefined if it was not given. */
export function repeatedOption<T>(
  meta: OptionMeta,
  read: (texts: readonly string[] | undefined, complain: Complain) => T,
): Option<T> {
  return createOption((texts, complain) => read(texts as readonly string[] | undefined, complain), {
    ...meta,
    repeatable: true,
  });
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
]);

/** `true` or `false` in Go's spellings: `1 t T TRUE true True 0 f F FALSE false False`. */
export function booleanOption<const D extends boolean | undefined>(byDefault: D): Option<boolean | D> {
  const settings: OptionSettings<boolean> = byDefault === undefined ? {} : { default: byDefault };
  const schema = option<boolean, OptionSettings<boolean>>(settings, {
    kind: 'true or false',
    read: (text) => {
      const value = BOOLEANS.get(text);
      return value === undefined ? { must: 'true or false' } : { value };
    },
  });
  return schema as Option<boolean | D>;
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
export function wholeNumberOption<const S extends RangeSettings<number>>(settings: S): OptionOf<number, S> {
  const kind = `whole number${rangeText(settings.min, settings.max, String)}`;
  return option<number, S>(settings, { kind, read: (text) => readWhole(text, settings) });
}

/** A number from 0 to 1. */
export function fractionOption<const S extends OptionSettings<number>>(settings: S): OptionOf<number, S> {
  return option<number, S>(settings, {
    kind: 'number from 0 to 1',
    read: (text) => {
      const value = /^(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
      return value >= 0 && value <= 1 ? { value } : { must: 'a number from 0 to 1' };
    },
  });
}

/** Whole seconds within bounds; bounds and default are in seconds, the value is in milliseconds. */
export function secondsOption<const S extends RangeSettings<number>>(settings: S): OptionOf<Millis, S> {
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
  ) as OptionOf<Millis, S>;
}

/** A Go duration (`1m0s`) within bounds; bounds, default and value are in milliseconds. */
export function durationOption<const S extends RangeSettings<Millis>>(settings: S): OptionOf<Millis, S> {
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
export function textOption<const S extends OptionSettings<string>>(settings: S): OptionOf<string, S> {
  return option<string, S>(settings, { kind: 'text', read: (value) => ({ value }), write: (value) => value });
}

/** One word of a fixed set. */
export function choiceOption<const C extends readonly string[], const S extends OptionSettings<C[number]>>(
  choices: C,
  settings: S,
): OptionOf<C[number], S> {
  return option<C[number], S>(settings, {
    kind: `one of ${choices.join(', ')}`,
    read: (text) => (choices.includes(text) ? { value: text } : { must: `one of ${choices.join(', ')}` }),
  });
}

/** Texts separated by commas, in one option or in several; white space around them and empty parts are dropped. */
export function listOption(settings: { readonly default: readonly string[] }): Option<readonly string[]> {
  return repeatedOption({ kind: 'list', defaultText: settings.default.join(',') }, (given): readonly string[] => {
    if (given === undefined) return settings.default;
    const parts = given.flatMap((text) => text.split(','));
    return parts.map((part) => part.trim()).filter((part) => part !== '');
  });
}
