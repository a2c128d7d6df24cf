import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { protos } from '@google-cloud/monitoring';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALARM_IDS } from '../../../infra/alarms/alarm-rule.ts';
import type { AlertPolicy } from '../../../infra/alarms/cloud-monitoring-policies.ts';
import { REPORT_RULES } from '../../../infra/alarms/report-rules.ts';
import { VIEW_IDS } from '../../../infra/dashboards/view.ts';
import { deploymentPolicies, logMetrics } from '../../../infra/gcp/deployment-alarms.ts';
import { makeMonitoring } from '../../../infra/gcp/monitoring.ts';
import { emptyResult } from '../../../shared/app/report-tick.ts';
import type { TickReport } from '../../../shared/app/tick-report.ts';
import { parseUri } from '../../../shared/config/uri.ts';
import type { StackdriverSettings } from '../../../shared/sinks/stackdriver/settings.ts';
import { lostQueries, type MonitoringQuery, sentSeries } from '../../support/monitoring-filter.ts';

const GCP = resolve(import.meta.dirname, '../../../infra/gcp');
const read = (file: string): string => readFileSync(join(GCP, file), 'utf8');
const OWN_IDS = ['failed-ticks', 'missing-ticks', ...REPORT_RULES.map(({ id }) => id)];

const SINKS: readonly (readonly [string, Partial<StackdriverSettings>])[] = [
  ['stackdriver:?levels=*&metrics=*&use_new_resources=true', { models: ['new'] }],
  ['stackdriver:?levels=*&metrics=*', { models: ['old'] }],
  ['stackdriver:', { models: ['old'] }],
  ['gcm:?metric_prefix=google&use_new_resources=true', { models: ['new'], prefix: 'google' }],
];

async function policiesOf(uri: string): Promise<readonly AlertPolicy[]> {
  const request = { name: 'heapless', sink: parseUri(uri, {}), channels: ['channel'], budgetPoints: 50_000 };
  return (await makeMonitoring(request)).alarms;
}

/** Every query of a policy, those that divide too. */
function queriesOf({ conditions }: AlertPolicy): readonly MonitoringQuery[] {
  return conditions.flatMap((condition) => {
    if ('conditionAbsent' in condition) return [queryOf(condition.conditionAbsent)];
    const { denominatorFilter: filter, denominatorAggregations: aggregations = [] } = condition.conditionThreshold;
    const below = filter === undefined ? [] : [queryOf({ filter, aggregations })];
    return [queryOf(condition.conditionThreshold), ...below];
  });
}

function queryOf({
  filter,
  aggregations,
}: {
  readonly filter: string;
  readonly aggregations: readonly { readonly groupByFields: readonly string[] }[];
}): MonitoringQuery {
  return { filter, groupBy: aggregations.flatMap(({ groupByFields }) => groupByFields) };
}

describe('alarms on what a stackdriver: sink sends', () => {
  it.each(SINKS)('find a series in what is sent by %s with every query', async (uri, settings) => {
    const queries = (await policiesOf(uri)).flatMap(queriesOf);

    expect(queries.length).toBeGreaterThan(0);
    expect(lostQueries(queries, sentSeries(settings))).toEqual([]);
  });

  it('are there for the whole catalog when everything is sent', async () => {
    const [[everything = ''] = []] = SINKS;

    expect((await policiesOf(everything)).map(({ userLabels }) => userLabels['heapless'])).toEqual([...ALARM_IDS]);
  });
});

describe("alarms on the deployment's own runs", () => {
  it('are as the published proto says, with no field besides', () => {
    const { AlertPolicy: Message } = protos.google.monitoring.v3;
    for (const policy of deploymentPolicies('heapless', ['channel'])) {
      const given = JSON.parse(JSON.stringify(policy), (key, value: unknown) => {
        if (['alignmentPeriod', 'duration', 'autoClose'].includes(key))
          return { seconds: Number(String(value).slice(0, -1)) };
        return Array.isArray(value) && value.length === 0 ? undefined : value;
      }) as Record<string, unknown>;
      const found = Message.toObject(Message.fromObject(given), { enums: String, longs: Number });

      expect(JSON.parse(JSON.stringify(found))).toEqual(given);
    }
  });

  it('watch the metrics that are made of the log', () => {
    const made = logMetrics('prod').map(({ name }) => `logging.googleapis.com/user/${name}`);
    const watched = JSON.stringify(deploymentPolicies('prod', [])).matchAll(
      /(logging\.googleapis\.com\/user\/[\w-]+)/g,
    );

    expect([...watched].map((match) => match[1])).toEqual(made);
    expect(deploymentPolicies('prod', []).map(({ userLabels }) => userLabels['heapless'])).toEqual(OWN_IDS);
  });

  it('count fields that reports have', () => {
    const { report } = emptyResult({
      source: { cluster: 'demo', uri: parseUri('log:', {}) } as never,
      timestamp: 0,
      status: 'nothing',
      reason: '',
      lag: 0,
      total: 0,
    });
    const backlog = { replayed: 0, rejected: 0, expired: 0, waiting: 0 };
    const counts = { encoded: 0, delivered: 0, rejected: 0, dropped: 0, spilled: 0, requests: 0, retries: 0 };
    const sink = { sink: 'log', shown: '', ...counts, ambiguous: 0, millis: 0, problems: [], backlog };
    const full: TickReport = { ...report, sinks: [sink] };
    const paths = logMetrics('x').flatMap(({ filter }) =>
      [...filter.matchAll(/jsonPayload\.report\.([\w.]+)>0/g)].map((match) => match[1] ?? ''),
    );

    const valueAt = (path: string): unknown =>
      path
        .replace('sinks.', 'sinks.0.')
        .split('.')
        .reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>>)[key], full);
    expect(paths.length).toBe(7);
    expect(paths.filter((path) => valueAt(path) !== 0)).toEqual([]);
  });
});

describe('the Terraform of alarms and dashboards', () => {
  let folder: string;

  beforeAll(() => {
    // Its locals alone: the provider of Google is not here.
    folder = mkdtempSync(join(tmpdir(), 'heapless-terraform-'));
    const [, locals = ''] = /^(locals \{\n[\s\S]*?^\}\n)/m.exec(read('monitoring.tf')) ?? [];
    writeFileSync(join(folder, 'main.tf'), locals);
    writeFileSync(join(folder, 'variables.tf'), read('variables.tf'));
    cpSync(join(GCP, 'monitoring'), join(folder, 'monitoring'), { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The value of an expression, as the real program sees it; undefined = it is not installed. */
  function evaluate(expression: string, variables: Readonly<Record<string, string>>): unknown {
    const given = Object.entries({ project: 'acme', region: 'europe-west1', ...variables });
    const { status, error, stdout, stderr } = spawnSync(
      'terraform',
      ['console', ...given.flatMap(([name, value]) => ['-var', `${name}=${value}`])],
      { cwd: folder, encoding: 'utf8', input: `jsonencode(${expression})\n`, timeout: 60_000 },
    );
    if (error !== undefined) return undefined;
    // What a variable's validation says comes before the value, with success.
    if (status !== 0 || !stdout.startsWith('"')) throw new Error(`${stderr}${stdout}`);
    return JSON.parse(JSON.parse(stdout) as string);
  }
  const settings = (sink: string): string => JSON.stringify({ HEAPLESS_SOURCE: 'x', HEAPLESS_SINK: sink });
  const ALL = '[keys(local.policies), keys(local.log_metrics), keys(local.dashboards)]';

  it('makes what is asked for, and no alarm that tells nobody', ({ skip }) => {
    const quiet = evaluate(ALL, { settings: settings('log: stackdriver:?cluster_name=prod') });
    if (quiet === undefined) skip('terraform is not installed');
    const loud = evaluate(ALL, {
      name: 'prod',
      settings: settings('stackdriver:'),
      notification_channels: '["projects/acme/notificationChannels/1"]',
      alarms: '["node-down","incomplete"]',
      dashboards: '["group"]',
    });
    const elsewhere = evaluate(ALL, { settings: settings('prometheus:http://x/write'), alarms: '["node-down"]' });

    expect(quiet).toEqual([[], [], ['cluster', 'fleet', 'heapless', 'namespace', 'node']]);
    expect(loud).toEqual([
      ['failed-ticks', 'incomplete', 'lost-points', 'missing-ticks', 'node-down', 'nodes-down', 'waiting-points'],
      ['prod-lost-points', 'prod-nodes-down', 'prod-waiting-points'],
      ['group'],
    ]);
    expect(elsewhere).toEqual([[], [], []]);
  });

  it('puts the name of the deployment into what it watches', ({ skip }) => {
    const filter = 'local.policies["failed-ticks"].conditions[0].conditionThreshold.filter';
    const found = evaluate(filter, { name: 'prod', settings: settings('log:'), notification_channels: '["x"]' });
    if (found === undefined) skip('terraform is not installed');

    expect(found).toContain('resource.label.service_name="prod-tick"');
  });

  it('refuses alarms and views that there are not', ({ skip }) => {
    const refused = (variables: Readonly<Record<string, string>>): string => {
      try {
        return String(evaluate('1', { settings: settings('log:'), ...variables }));
      } catch (error) {
        return String(error)
          .replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), '')
          .replaceAll(/[│\s]+/g, ' ');
      }
    };
    if (refused({}) === 'undefined') skip('terraform is not installed');

    expect(refused({ alarms: '["nope"]' })).toMatch(/alarms may have node-down/);
    expect(refused({ dashboards: '["nope"]' })).toMatch(/dashboards may have fleet/);
  });

  it('knows the alarms and views of the catalog, and has a file for each', () => {
    const variables = read('variables.tf');
    const known = (name: string): readonly string[] => {
      const [, body = ''] = new RegExp(`setsubtract\\(var\\.${name}, \\[([^\\]]+)\\]`).exec(variables) ?? [];
      return [...body.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? '');
    };
    const files = readdirSync(join(GCP, 'monitoring'));

    expect(known('alarms')).toEqual([...ALARM_IDS]);
    expect(known('dashboards')).toEqual([...VIEW_IDS]);
    expect(VIEW_IDS.filter((id) => !files.includes(`dashboard-${id}.json`))).toEqual([]);
  });

  it('hands on every field of the policies', () => {
    const text = read('monitoring.tf');
    const policies = [...policiesIn('alarms.json'), ...policiesIn('deployment-alarms.json')];
    const fields = new Set<string>();
    JSON.stringify(policies, (key, value: unknown) => {
      if (key !== '' && Number.isNaN(Number(key))) fields.add(key);
      // Labels are handed on whole, channels come from the variable.
      return key === 'userLabels' || key === 'notificationChannels' ? null : value;
    });
    const used = (field: string): boolean =>
      field === 'notificationChannels' || new RegExp(`\\.${field}\\b`).test(text);

    expect([...fields].length).toBeGreaterThan(20);
    expect([...fields].filter((field) => !used(field))).toEqual([]);
  });
});

describe('what deploy.sh gives to gcloud', () => {
  function filesFor(sink: string, budget = ''): { readonly said: string; readonly files: readonly string[] } {
    const folder = mkdtempSync(join(tmpdir(), 'heapless-gcloud-files-'));
    try {
      const script = join(GCP, 'monitoring-files.ts');
      const { stderr } = spawnSync(
        process.execPath,
        [script, folder, 'prod', 'projects/acme/notificationChannels/1', budget],
        {
          encoding: 'utf8',
          env: { HEAPLESS_SINK: sink },
        },
      );
      const files = readdirSync(folder).sort();
      for (const file of files) {
        const text = readFileSync(join(folder, file), 'utf8');
        // By these they are found again, to be replaced and removed.
        if (file.startsWith('alarm-')) expect(text).toContain('"deployment":"prod"');
        if (file.startsWith('alarm-')) expect(text).toContain('["projects/acme/notificationChannels/1"]');
        if (file.startsWith('dashboard-'))
          expect(text).toMatch(/"labels":\{"heapless":"","deployment":"prod","view":"\w+"\}/);
      }
      return { said: stderr, files };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const OWN = [
    ...OWN_IDS.map((id) => `alarm-${id}.json`),
    ...logMetrics('prod').map(({ name }) => `metric-${name}.json`),
  ];

  it('is made for the sink as it is configured', () => {
    const { files } = filesFor('log: stackdriver:?levels=cluster&metrics=*', '50000');

    expect(files).toEqual(
      [
        ...OWN,
        ...['incomplete', 'points-dropped', 'backlog-growing', 'budget-exceeded'].map((id) => `alarm-${id}.json`),
        ...['cluster', 'fleet', 'heapless'].map((view) => `dashboard-${view}.json`),
      ].sort(),
    );
  });

  it('watches the runs alone where other sinks are', () => {
    expect(filesFor('prometheus:http://x/write').files).toEqual(OWN.toSorted());
  });

  it('is nothing for a sink whose options are bad, and says why', () => {
    expect(filesFor('stackdriver:?nope=1')).toEqual({
      said: expect.stringContaining('unknown option "nope"'),
      files: [],
    });
  });
});

function policiesIn(file: string): readonly unknown[] {
  return JSON.parse(read(`monitoring/${file}`)) as readonly unknown[];
}
