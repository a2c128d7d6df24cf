import { ConfigError, type ConfigProblem } from '../core/errors.ts';
import type * as z from '../core/zod.ts';
import { cloudClusterName } from './cloud-cluster-name.ts';
import type { ComponentUri, Config, ConfigNotice } from './config.ts';
import { hint } from './did-you-mean.ts';
import { formatDuration } from './duration.ts';
import { flagVariable } from './flags.ts';
import { collectGiven, type Given } from './given-values.ts';
import { parseGroupings } from './grouping.ts';
import { parseLabelSettings } from './label-settings.ts';
import type { Environment } from './references.ts';
import { SETTINGS, type SettingName } from './settings.ts';
import { parseUri } from './uri.ts';

export interface ConfigInput {
  readonly env: Environment;
  /** Flag name → its values; a switch has the value `true`. */
  readonly flags?: ReadonlyMap<string, readonly string[]>;
  /** What a platform puts in the place of our own defaults. */
  readonly defaults?: { readonly state?: string };
}

export interface ParsedConfig {
  readonly config: Config;
  readonly notices: readonly ConfigNotice[];
}

const SOURCE_KEY = 'kubernetes.summary_api';
const SOURCE_ALIAS = 'kubernetes';

/**
 * Flags and environment as one checked `Config`; a flag beats its variable. Secrets stay `${secret:NAME}` in the URIs.
 * Throws one `ConfigError` with every problem: unknown names, ill-typed values, URIs, labels, groupings.
 */
export function parseConfig(input: ConfigInput): ParsedConfig {
  const given = collectGiven(input.env, input.flags ?? new Map());
  const problems: ConfigProblem[] = [...given.problems];
  const notices: ConfigNotice[] = [...given.notices];
  const whereOf = (name: string): string => given.values.get(name)?.where ?? flagVariable(name);
  const setting = <N extends SettingName>(name: N): z.output<(typeof SETTINGS)[N]> =>
    readSetting(name, given.values.get(name), problems);
  const textsOf = (name: string): readonly string[] => given.values.get(name)?.values ?? [];
  const urisOf = (kind: string, byDefault: string): readonly ComponentUri[] =>
    readUris(kind, given.values.get(kind), { byDefault, env: input.env, problems, notices });

  const sources = checkSources(urisOf('source', `${SOURCE_KEY}:''`), problems, notices);
  const sinks = urisOf('sink', 'log:');
  const state = readState(given.values.get('state'), input, problems);
  const scrapeTimeout = setting('scrape-timeout');
  const nodeTimeout = Math.min(setting('node-timeout'), given.values.has('node-timeout') ? Infinity : scrapeTimeout);
  if (nodeTimeout > scrapeTimeout) {
    const problem = `must be at most the scrape timeout, ${formatDuration(scrapeTimeout)}`;
    problems.push({ where: whereOf('node-timeout'), problem });
  }
  const config: Config = {
    sources,
    sinks,
    metricResolution: setting('metric-resolution'),
    sinkExportDataTimeout: setting('sink-export-data-timeout'),
    labels: parseLabelSettings(
      { separator: setting('label-separator'), ignored: textsOf('ignore-label'), stored: textsOf('store-label') },
      (flag, problem) => problems.push({ where: whereOf(flag), problem }),
    ),
    groupings: parseGroupings(textsOf('group-by').join(';'), (problem) =>
      problems.push({ where: whereOf('group-by'), problem }),
    ),
    groupLimit: setting('group-limit'),
    clusterName: setting('cluster-name')?.trim() || undefined,
    state,
    shardSize: setting('shard-size'),
    shardConcurrency: setting('shard-concurrency'),
    maxInFlight: setting('max-in-flight'),
    nodeTimeout,
    scrapeTimeout,
    maxSummaryBytes: setting('max-summary-bytes'),
    backlog: {
      maxAge: setting('backlog-max-age'),
      maxBytes: setting('backlog-max-bytes'),
      ahead: aheadSinks(setting('backlog-ahead'), sinks, (problem) =>
        problems.push({ where: whereOf('backlog-ahead'), problem }),
      ),
    },
    minCompleteness: setting('min-completeness'),
    incomplete: setting('incomplete'),
    logLevel: setting('log-level'),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  const busy = config.scrapeTimeout + config.sinkExportDataTimeout;
  if (busy > config.metricResolution) {
    const notice = `a tick may take ${formatDuration(busy)} (--scrape-timeout and --sink-export-data-timeout), longer than the resolution; a tick that finds another at work is skipped`;
    notices.push({ where: whereOf('metric-resolution'), notice });
  }
  return { config, notices };
}

/** Sink keys separated by commas or white space; each must be one of `sinks`. */
function aheadSinks(
  text: string,
  sinks: readonly ComponentUri[],
  complain: (problem: string) => void,
): readonly string[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  for (const name of names) {
    if (!sinks.some(({ key }) => key === name))
      complain(`names ${JSON.stringify(name)}, which is not a configured sink`);
  }
  return names;
}

function readSetting<N extends SettingName>(
  name: N,
  given: Given | undefined,
  problems: ConfigProblem[],
): z.output<(typeof SETTINGS)[N]> {
  const schema: z.ZodMiniType = SETTINGS[name];
  const text = given?.values[0];
  const result = schema.safeParse(text);
  if (result.success) return result.data as z.output<(typeof SETTINGS)[N]>;
  for (const issue of result.error.issues) {
    problems.push({ where: given?.where ?? name, problem: `${issue.message}, got ${JSON.stringify(text)}` });
  }
  return schema.parse(undefined) as z.output<(typeof SETTINGS)[N]>;
}

interface UriInput {
  readonly byDefault: string;
  readonly env: Environment;
  readonly problems: ConfigProblem[];
  readonly notices: ConfigNotice[];
}

/** The URIs of `--source` or `--sink`, separated by white space; the default, with a notice, if there are none. */
function readUris(kind: string, given: Given | undefined, input: UriInput): readonly ComponentUri[] {
  const texts = (given?.values ?? []).flatMap((value) => value.split(/\s+/)).filter((text) => text !== '');
  if (texts.length === 0) {
    input.notices.push({ where: flagVariable(kind), notice: `no ${kind} is given; using ${input.byDefault}` });
    texts.push(input.byDefault);
  }
  return texts.flatMap((text) => {
    const uri = readUri(text, { env: input.env, kind, where: given?.where ?? kind, problems: input.problems });
    return uri === undefined ? [] : [uri];
  });
}

/** A parsed URI, or undefined with its problems told: at `sink influxdb`, or at the flag if not even a key was found. */
function readUri(
  text: string,
  input: {
    readonly env: Environment;
    readonly kind: string;
    readonly where: string;
    readonly problems: ConfigProblem[];
  },
): ComponentUri | undefined {
  try {
    return parseUri(text, input.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { where, problem } of error.problems) {
      input.problems.push({ where: where === 'uri' ? input.where : `${input.kind} ${where}`, problem });
    }
    return undefined;
  }
}

function readState(given: Given | undefined, { env, defaults }: ConfigInput, problems: ConfigProblem[]): ComponentUri {
  const text = given?.values[0]?.trim() ?? defaults?.state ?? 'memory:';
  const uri = readUri(text, { env, kind: 'state', where: given?.where ?? 'state', problems });
  return uri ?? parseUri('memory:', env);
}

/** Knows the keys, renames the alias, and has several clusters told apart: their state is kept by name. */
function checkSources(
  uris: readonly ComponentUri[],
  problems: ConfigProblem[],
  notices: ConfigNotice[],
): readonly ComponentUri[] {
  const names = new Set<string>();
  return uris.map((uri) => {
    const where = `source ${uri.key}`;
    const given = uri.options.get('cluster_name')?.[0];
    const name = given ?? (uris.length > 1 ? cloudClusterName(uri) : undefined);
    if (uris.length > 1 && name === undefined) {
      problems.push({ where, problem: 'needs the option cluster_name, because there are several sources' });
    } else if (name !== undefined && names.has(name)) {
      problems.push({ where, problem: `cluster_name ${JSON.stringify(name)} is taken by another source` });
    }
    if (name !== undefined) names.add(name);
    const named = given === undefined && name !== undefined ? withClusterName(uri, name) : uri;
    if (uri.key === SOURCE_ALIAS) {
      notices.push({ where, notice: `is read as ${SOURCE_KEY}: kubelets no longer serve what it used to read` });
      return { ...named, key: SOURCE_KEY };
    }
    if (uri.key !== SOURCE_KEY) {
      const known = [SOURCE_KEY, SOURCE_ALIAS];
      problems.push({ where, problem: `is no source${hint(uri.key, known) || ';'} known are ${known.join(', ')}` });
    }
    return named;
  });
}

/** One of several clusters that its address names: it has that name everywhere, before `HEAPLESS_CLUSTER_NAME`. */
function withClusterName(uri: ComponentUri, name: string): ComponentUri {
  return { ...uri, options: new Map([...uri.options, ['cluster_name', [name]]]) };
}
