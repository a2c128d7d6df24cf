import { describe, expect, it } from 'vitest';
import type { ComponentUri } from '../../../shared/config/config.ts';
import { describeOptions } from '../../../shared/config/describe-options.ts';
import {
  booleanOption,
  choiceOption,
  durationOption,
  listOption,
  repeatedOption,
  secondsOption,
  textOption,
  wholeNumberOption,
} from '../../../shared/config/option-types.ts';
import { parseOptions } from '../../../shared/config/options.ts';
import { ConfigError } from '../../../shared/core/errors.ts';
import * as z from '../../../shared/core/zod.ts';

const SCHEMA = z.object({
  cluster_name: textOption({}).describe('Name of the cluster.'),
  min_interval_sec: secondsOption({ min: 1, default: 100 }).describe('Least time between exports.'),
  workers: wholeNumberOption({ min: 1, max: 9, default: 2 }).describe('Requests at once.'),
  use_new: booleanOption(false).describe('New resources.'),
  pw: textOption({}).describe('Password.'),
  pin: wholeNumberOption({ secret: true }).describe('A number nobody may see.'),
  brokers: repeatedOption({ kind: 'text' }, (texts): readonly string[] => texts ?? []).describe('Brokers.'),
  levels: listOption({ default: ['pod', 'node'] }).describe('Levels.'),
  mode: choiceOption(['fast', 'safe'], { default: 'safe' }).describe('Mode.'),
  after: durationOption({ min: 1000, default: 60_000 }).describe('Wait.'),
});

function uri(options: Readonly<Record<string, readonly string[]>>, hidden: readonly string[] = []): ComponentUri {
  return {
    key: 'x',
    scheme: '',
    host: '',
    user: undefined,
    password: undefined,
    path: '',
    options: new Map(Object.entries(options)),
    hidden: new Set(hidden),
    shown: 'x:',
  };
}

function problemsOf(options: Readonly<Record<string, readonly string[]>>, hidden: readonly string[] = []): string[] {
  try {
    parseOptions(uri(options, hidden), SCHEMA, 'sink x');
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((p) => `${p.where}: ${p.problem}`);
    throw error;
  }
  return [];
}

describe('parseOptions', () => {
  it('gives defaults to what is absent', () => {
    expect(parseOptions(uri({}), SCHEMA, 'sink x')).toEqual({
      cluster_name: undefined,
      min_interval_sec: 100_000,
      workers: 2,
      use_new: false,
      pw: undefined,
      pin: undefined,
      brokers: [],
      levels: ['pod', 'node'],
      mode: 'safe',
      after: 60_000,
    });
  });

  it('reads typed values from texts', () => {
    const options = parseOptions(
      uri({
        cluster_name: ['prod'],
        min_interval_sec: ['5'],
        use_new: ['T'],
        brokers: ['a:1', 'b:2'],
        levels: ['pod, node', 'cluster'],
        mode: ['fast'],
        after: ['1m30s'],
      }),
      SCHEMA,
      'sink x',
    );
    const minInterval: number = options.min_interval_sec;
    expect(minInterval).toBe(5_000);
    expect(options).toMatchObject({ cluster_name: 'prod', use_new: true, mode: 'fast', after: 90_000 });
    expect(options.brokers).toEqual(['a:1', 'b:2']);
    expect(options.levels).toEqual(['pod', 'node', 'cluster']);
  });

  it('reports every problem at once', () => {
    const problems = problemsOf({ min_interval_sec: ['abc'], workers: ['10'], use_new: ['yes'], nonsense: ['1'] });
    expect(problems).toEqual([
      'sink x: unknown option "nonsense"; allowed are cluster_name, min_interval_sec, workers, use_new, pw, pin, brokers, levels, mode, after',
      'sink x: min_interval_sec must be a whole number of at least 1, got "abc"',
      'sink x: workers must be a whole number from 1 to 9, got "10"',
      'sink x: use_new must be true or false, got "yes"',
    ]);
  });

  it('suggests the option that was meant', () => {
    expect(problemsOf({ min_interval_secs: ['1'] })[0]).toContain('did you mean "min_interval_sec"?');
    expect(problemsOf({ clusterName: ['a'] })[0]).toContain('did you mean "cluster_name"?');
  });

  it('refuses a single-valued option given twice', () => {
    expect(problemsOf({ mode: ['fast', 'safe'] })).toEqual(['sink x: mode is given 2 times, but takes one value']);
  });

  it('never repeats a secret value', () => {
    expect(problemsOf({ pin: ['hunter2'], pw: ['a', 'hunter2'] }).join()).not.toContain('hunter2');
    expect(problemsOf({ workers: ['hunter2'] }, ['workers'])).toEqual([
      'sink x: workers must be a whole number from 1 to 9',
    ]);
  });

  it('names a required option that is missing', () => {
    const schema = z.object({ topic: textOption({ required: true }).describe('Topic.') });
    expect(() => parseOptions(uri({}), schema, 'sink x')).toThrow('sink x: topic is required');
  });

  it('runs checks across options', () => {
    const schema = z
      .object({ a: textOption({}), b: textOption({}) })
      .check(z.refine((o) => o.a === undefined || o.b === undefined, { message: 'give a or b, not both' }));
    expect(() => parseOptions(uri({ a: ['1'], b: ['2'] }), schema, 'sink x')).toThrow('sink x: give a or b, not both');
  });
});

describe('describeOptions', () => {
  it('names type, default and description of each option', () => {
    const rows = new Map(describeOptions(SCHEMA).map((row) => [row.name, row]));
    expect(rows.get('min_interval_sec')).toEqual({
      name: 'min_interval_sec',
      type: 'whole seconds of at least 1',
      default: '100',
      description: 'Least time between exports.',
    });
    expect(rows.get('levels')).toMatchObject({ type: 'list', default: 'pod,node' });
    expect(rows.get('after')).toMatchObject({ default: '1m0s' });
    expect(rows.get('brokers')).toMatchObject({ type: 'text, repeatable', default: '' });
    expect(rows.get('cluster_name')).toMatchObject({ type: 'text', default: '' });
  });

  it('refuses an option without a description', () => {
    expect(() => describeOptions(z.object({ a: textOption({}) }))).toThrow('option a has no description');
  });
});
