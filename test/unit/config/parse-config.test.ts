// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables and secrets in URIs
import { describe, expect, it } from 'vitest';
import { FLAGS } from '../../../shared/config/flags.ts';
import { type ConfigInput, type ParsedConfig, parseConfig } from '../../../shared/config/parse-config.ts';
import { ConfigError } from '../../../shared/core/errors.ts';
import { MIB } from '../../../shared/core/units.ts';

const SEED_SINK =
  'stackdriver:?cluster_name=prod&use_old_resources=true&use_new_resources=false&min_interval_sec=100&batch_export_timeout_sec=110';

function problemsOf(input: ConfigInput): readonly string[] {
  try {
    parseConfig(input);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ where, problem }) => `${where}: ${problem}`);
    throw error;
  }
  return [];
}

function flags(...entries: readonly (readonly [string, ...string[]])[]): ReadonlyMap<string, readonly string[]> {
  return new Map(entries.map(([name, ...values]) => [name, values]));
}

function noticesOf({ notices }: ParsedConfig): readonly string[] {
  return notices.map(({ where, notice }) => `${where}: ${notice}`);
}

describe('parseConfig', () => {
  it('gives every setting its default', () => {
    const { config } = parseConfig({ env: {} });
    expect(config).toMatchObject({
      metricResolution: 60_000,
      sinkExportDataTimeout: 20_000,
      labels: { separator: ',', ignored: new Set(), stored: new Map() },
      groupings: [],
      groupLimit: 200,
      clusterName: undefined,
      shardSize: 100,
      shardConcurrency: 50,
      maxInFlight: 32,
      nodeTimeout: 5_000,
      scrapeTimeout: 20_000,
      maxSummaryBytes: 16 * MIB,
      logLevel: 'info',
    });
    expect(config.sources.map((uri) => uri.shown)).toEqual(["kubernetes.summary_api:''"]);
    expect(config.sinks.map((uri) => uri.key)).toEqual(['log']);
    expect(config.state.key).toBe('memory');
  });

  it('says which source and sink it falls back to', () => {
    expect(noticesOf(parseConfig({ env: {} }))).toEqual([
      "HEAPLESS_SOURCE: no source is given; using kubernetes.summary_api:''",
      'HEAPLESS_SINK: no sink is given; using log:',
    ]);
  });

  it("takes Heapster's own command line as environment", () => {
    const { config, notices } = parseConfig({
      env: { HEAPLESS_SOURCE: "kubernetes.summary_api:''", HEAPLESS_SINK: SEED_SINK, PATH: '/bin' },
    });
    expect(config.sinks[0]?.options.get('min_interval_sec')).toEqual(['100']);
    expect(notices).toEqual([]);
  });

  it("takes Heapster's flags with _ and -", () => {
    const { config } = parseConfig({
      env: {},
      flags: flags(
        ['metric_resolution', '1m30s'],
        ['sink-export-data-timeout', '10s'],
        ['store_label', 'app', 'layer=tier,x=a.b/c'],
        ['ignore-label', 'secret', '"q",r'],
        ['label_separator', ';'],
      ),
    });
    expect(config).toMatchObject({ metricResolution: 90_000, sinkExportDataTimeout: 10_000 });
    expect(config.labels).toEqual({
      separator: ';',
      ignored: new Set(['secret', 'q', 'r']),
      stored: new Map([
        ['app', 'app'],
        ['tier', 'layer'],
        ['a.b/c', 'x'],
      ]),
    });
  });

  it('lets a flag beat its variable', () => {
    const { config } = parseConfig({
      env: { HEAPLESS_SHARD_SIZE: '7', HEAPLESS_SINK: 'log:' },
      flags: flags(['shard-size', '9'], ['sink', 'influxdb:http://a', 'graphite:tcp://b:2003']),
    });
    expect(config.shardSize).toBe(9);
    expect(config.sinks.map((uri) => uri.key)).toEqual(['influxdb', 'graphite']);
  });

  it('separates several URIs by white space', () => {
    const { config } = parseConfig({ env: { HEAPLESS_SINK: ' log:\n  influxdb:http://h:8086?pw=$PW ', PW: 'a b' } });
    expect(config.sinks.map((uri) => uri.key)).toEqual(['log', 'influxdb']);
    expect(config.sinks[1]?.options.get('pw')).toEqual(['a b']);
  });

  it('takes a blank variable as not set', () => {
    expect(parseConfig({ env: { HEAPLESS_SHARD_SIZE: '', HEAPLESS_STATE: ' ' } }).config.shardSize).toBe(100);
  });

  it("takes the platform's default for the state", () => {
    const defaults = { state: 's3://bucket/heapless' };
    expect(parseConfig({ env: {}, defaults }).config.state).toMatchObject({ key: 's3', host: 'bucket' });
    expect(parseConfig({ env: { HEAPLESS_STATE: 'file:/x' }, defaults }).config.state.path).toBe('/x');
  });

  it('reports every problem at once, each where it is', () => {
    const problems = problemsOf({
      env: {
        HEAPLESS_SINKS: 'log:',
        HEAPLESS_METRIC_RESOLUTION: '1s',
        HEAPLESS_SINK: 'influxdb:?a=$NOPE "log:"',
        HEAPLESS_STORE_LABEL: 'type',
        HEAPLESS_GROUP_BY: 'namspace',
      },
      flags: flags(['shard-sise', '3'], ['log-level', 'loud'], ['max-in-flight', '1', '2']),
    });
    expect(problems).toEqual([
      '--shard-sise: is no flag of Heapless; did you mean "--shard-size"?',
      '--max-in-flight: is given 2 times, but takes one value',
      'HEAPLESS_SINKS: is no variable of Heapless; did you mean "HEAPLESS_SINK"?',
      'sink influxdb: a refers to the environment variable NOPE, which is not set; set it, or write $$ for a "$"',
      'HEAPLESS_SINK: begins with a quote; remove the quotes around the whole value',
      'HEAPLESS_METRIC_RESOLUTION: must be a duration such as "90s", "1m0s" or "500ms" of at least 5s, got "1s"',
      'HEAPLESS_STORE_LABEL: type cannot be stored as type, which is a label of every row; write NEW_NAME=type',
      'HEAPLESS_GROUP_BY: unknown key "namspace"; did you mean "namespace"? a key is namespace, node, workload, label:NAME or node-label:NAME',
      '--log-level: must be one of error, warn, info, debug, got "loud"',
    ]);
  });

  it('knows its sources', () => {
    const alias = parseConfig({ env: { HEAPLESS_SOURCE: 'kubernetes:https://h' } });
    expect(alias.config.sources[0]?.key).toBe('kubernetes.summary_api');
    expect(noticesOf(alias)[0]).toContain('source kubernetes: is read as kubernetes.summary_api');
    expect(problemsOf({ env: { HEAPLESS_SOURCE: 'kubernetes.sumary_api:' } })).toEqual([
      'source kubernetes.sumary_api: is no source; did you mean "kubernetes.summary_api"? known are kubernetes.summary_api, kubernetes',
    ]);
  });

  it('wants several clusters named apart', () => {
    const source = 'kubernetes.summary_api:https://h';
    expect(problemsOf({ env: { HEAPLESS_SOURCE: `${source}?cluster_name=a ${source}` } })).toEqual([
      'source kubernetes.summary_api: needs the option cluster_name, because there are several sources',
    ]);
    expect(problemsOf({ env: { HEAPLESS_SOURCE: `${source}?cluster_name=a ${source}?cluster_name=a` } })).toEqual([
      'source kubernetes.summary_api: cluster_name "a" is taken by another source',
    ]);
    const named = parseConfig({ env: { HEAPLESS_SOURCE: `${source}?cluster_name=a ${source}?cluster_name=b` } });
    expect(named.config.sources).toHaveLength(2);
  });

  it('keeps the time of a node within the time of a scrape', () => {
    expect(parseConfig({ env: { HEAPLESS_SCRAPE_TIMEOUT: '3s' } }).config.nodeTimeout).toBe(3_000);
    expect(problemsOf({ env: { HEAPLESS_SCRAPE_TIMEOUT: '3s', HEAPLESS_NODE_TIMEOUT: '4s' } })).toEqual([
      'HEAPLESS_NODE_TIMEOUT: must be at most the scrape timeout, 3s',
    ]);
  });

  it('says when a tick may be longer than the resolution', () => {
    const parsed = parseConfig({ env: { HEAPLESS_METRIC_RESOLUTION: '30s' } });
    expect(noticesOf(parsed).join()).toContain('HEAPLESS_METRIC_RESOLUTION: a tick may take 40s');
  });

  it('keeps secrets out of everything but the value', () => {
    const parsed = parseConfig({ env: { HEAPLESS_SINK: 'influxdb:http://u:hunter2@h?pw=hunter2&db=${secret:x}' } });
    expect(JSON.stringify(parsed.notices)).not.toContain('hunter2');
    expect(parsed.config.sinks[0]?.shown).toBe('influxdb:http://***@h?pw=***&db=${secret:x}');
  });

  it('knows the variables of its own platforms', () => {
    expect(problemsOf({ env: { HEAPLESS_AWS_SCRAPE_FUNCTION: 'scrape' } })).toEqual([]);
  });
});

describe('retired flags', () => {
  it('are explained and do not stop the start where they do no harm', () => {
    const parsed = parseConfig({
      env: { HEAPLESS_HEAPSTER_PORT: '8082' },
      flags: flags(['v', '4'], ['api-server', 'false']),
    });
    expect(noticesOf(parsed).slice(0, 3)).toEqual([
      '--v: is retired and has no effect: Heapless writes one JSON line per event; use --log-level',
      '--api-server: is retired and has no effect: Heapless serves no Metrics API; use metrics-server for it',
      'HEAPLESS_HEAPSTER_PORT: is retired and has no effect: Heapless opens no API port; metrics are in the sinks',
    ]);
  });

  it('stop the start where somebody would wait for what is not there', () => {
    expect(problemsOf({ env: {}, flags: flags(['api-server', 'true'], ['historical_source', 'influxdb:']) })).toEqual([
      '--api-server: is retired: Heapless serves no Metrics API; use metrics-server for it',
      '--historical-source: is retired: there is no historical API; ask the backend that the sink writes to',
    ]);
  });
});

describe('FLAGS', () => {
  it('name each flag and variable once, with a description', () => {
    expect(new Set(FLAGS.map((flag) => flag.name)).size).toBe(FLAGS.length);
    expect(FLAGS.filter((flag) => flag.description === '' || flag.description.includes('\n'))).toEqual([]);
  });

  it('show the default of each setting as a user would write it', () => {
    const byDefault = new Map(FLAGS.map((flag) => [flag.name, flag.default]));
    expect(byDefault.get('metric-resolution')).toBe('1m0s');
    expect(byDefault.get('max-summary-bytes')).toBe('16777216');
    expect(byDefault.get('label-separator')).toBe(',');
  });
});
