import * as z from '../core/zod.ts';

/** Says what is wrong with a value, as in "must be a number": the option's name stands before it. */
export type Complain = (problem: string) => void;

/** What an option makes of what was given: a text, texts if it is repeatable, or undefined. What is returned after a complaint is dropped. */
type Read<T> = (given: unknown, complain: Complain) => T;

/** What an option's schema says of itself. */
export interface OptionMeta {
  readonly description?: string;
  /** Type in words, for the docs: `whole number`, `true or false`. */
  readonly kind?: string;
  /** The default as a user would write it. */
  readonly defaultText?: string;
  /** True if it may be given several times: then it reads all its texts. */
  readonly repeatable?: boolean;
  /** True if its value is never shown although its name does not look secret. */
  readonly secret?: boolean;
}

/** An option's schema. */
export interface Option<T> extends z.ZodMiniType<T> {
  /** What the docs say of it. */
  readonly about: OptionMeta;
  /** Sets the description for the docs, of this very option. */
  describe(description: string): Option<T>;
  /** Sets more of what the docs say, of this very option. */
  meta(meta: OptionMeta): Option<T>;
  /** Another option that goes on from this one's value. */
  transform<U>(next: (value: T, complain: Complain) => U): Option<U>;
  /** Another option with a check of the value, if there is one: what is wrong with it, or undefined. */
  refine(problemOf: (value: Exclude<T, undefined>) => string | undefined): Option<T>;
}

/**
 * One object of zod's for each option: a cold start makes a hundred options, and each such object costs it about 50 µs of CPU. So there is
 * no `optional`, no pipe and no clone.
 */
export function createOption<T>(read: Read<T>, about: OptionMeta): Option<T> {
  const schema = z.transform((given, context) =>
    read(given, (message) => context.issues.push({ code: 'custom', message, input: given })),
  );
  const option = Object.assign(schema as unknown as z.ZodMiniType<T>, {
    about,
    describe: (description: string): Option<T> => option.meta({ description }),
    meta(more: OptionMeta): Option<T> {
      option.about = { ...option.about, ...more };
      return option;
    },
    transform: <U>(next: (value: T, complain: Complain) => U): Option<U> =>
      createOption((given, complain): U => {
        let isWrong = false;
        const value = read(given, (problem) => {
          isWrong = true;
          complain(problem);
        });
        return isWrong ? (z.NEVER as U) : next(value, complain);
      }, option.about),
    refine: (problemOf: (value: Exclude<T, undefined>) => string | undefined): Option<T> =>
      option.transform((value, complain) => {
        const problem = value === undefined ? undefined : problemOf(value as Exclude<T, undefined>);
        if (problem !== undefined) complain(problem);
        return value;
      }),
  });
  return option;
}

/** What an option's schema says of itself; nothing if it is no option. */
export function optionMeta(schema: z.core.$ZodType): OptionMeta {
  return (schema as Partial<Option<unknown>>).about ?? {};
}
