import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_BOUNDS } from '../../infra/alarms/alarm-rule.ts';
import { alarmRules } from '../../infra/alarms/alarm-rules.ts';
import { makeAlarms } from '../../infra/alarms/make-alarms.ts';
import { parseUri } from '../../shared/config/uri.ts';
import { awsEnvironment, runProgram } from '../support/aws-process.ts';
import { missingPart, realPart } from '../support/real-part.ts';

/** Alarms that must sound after so many minutes of a series' values, and those that must not. */
const CASES: readonly {
  readonly series: string;
  readonly values: string;
  readonly at: string;
  readonly alert: string;
  readonly labels: readonly Readonly<Record<string, string>>[];
}[] = [
  {
    series: 'heapster_up{type="node",cluster_name="prod",nodename="n1"}',
    values: '1 0x10',
    at: '6m',
    alert: 'HeaplessNodeDown',
    labels: [{ cluster_name: 'prod', nodename: 'n1', severity: 'critical' }],
  },
  {
    series: 'heapster_up{type="node",cluster_name="prod",nodename="n1"}',
    values: '1 0 0 1x10',
    at: '6m',
    alert: 'HeaplessNodeDown',
    labels: [],
  },
  {
    series: 'heapster_collection_completeness{type="cluster",cluster_name="prod"}',
    values: '0.5x10',
    at: '6m',
    alert: 'HeaplessIncomplete',
    labels: [{ cluster_name: 'prod', severity: 'critical' }],
  },
  {
    series: 'heapster_collection_completeness{type="cluster",cluster_name="prod"}',
    values: '1 _x30',
    at: '20m',
    alert: 'HeaplessIncompleteAbsent',
    labels: [{ type: 'cluster', severity: 'critical' }],
  },
  {
    series: 'heapster_heapless_points{type="cluster",cluster_name="prod",sink="otlp",outcome="dropped"}',
    values: '0 7x10',
    at: '5m',
    alert: 'HeaplessPointsDropped',
    labels: [{ cluster_name: 'prod', severity: 'critical' }],
  },
  {
    series: 'heapster_heapless_points{type="cluster",cluster_name="prod",sink="otlp",outcome="spilled"}',
    values: '0 7x10',
    at: '5m',
    alert: 'HeaplessPointsDropped',
    labels: [],
  },
  {
    series: 'heapster_heapless_backlog_age{type="cluster",cluster_name="prod",sink="otlp"}',
    values: '0+60000x30',
    at: '20m',
    alert: 'HeaplessBacklogGrowing',
    labels: [{ cluster_name: 'prod', severity: 'warning' }],
  },
  {
    series: 'heapster_io_pressure_rate{type="node",cluster_name="prod",nodename="n1",pressure="some"}',
    values: '0.3x20',
    at: '12m',
    alert: 'HeaplessPressureHigh',
    labels: [{ cluster_name: 'prod', nodename: 'n1', severity: 'warning', watched: 'io/pressure_rate[some]' }],
  },
  {
    series: 'heapster_heapless_points{type="cluster",cluster_name="prod",sink="otlp",outcome="delivered"}',
    values: '1001x20',
    at: '16m',
    alert: 'HeaplessBudgetExceeded',
    labels: [{ cluster_name: 'prod', severity: 'warning' }],
  },
];

describe('the alarms by promtool', () => {
  it('are a rule file without a fault, and sound when they should and only then', async (context) => {
    const part = realPart('prometheus', ['promtool', '--version']);
    if (part === undefined) return context.skip(missingPart('prometheus'));
    const folder = await mkdtemp(join(tmpdir(), 'heapless-rules-'));
    try {
      const rules = await makeAlarms('prometheus', {
        sink: parseUri('prometheus:http://x', {}),
        groupings: [],
        received: 'translated',
        functions: { region: '', names: [] },
        rules: alarmRules({ ...DEFAULT_BOUNDS, budgetPoints: 1_000 }),
        notify: [],
        prefix: '',
        datasource: '',
      });
      const tests = CASES.map(({ series, values, at, alert, labels }) => ({
        interval: '1m',
        input_series: [{ series, values }],
        alert_rule_test: [{ eval_time: at, alertname: alert, exp_alerts: labels.map((one) => ({ exp_labels: one })) }],
      }));
      // What an alarm says beside its labels is of no matter here.
      const bare = JSON.parse(JSON.stringify(rules), (key, value: unknown) => (key === 'annotations' ? {} : value));
      await writeFile(join(folder, 'rules.yml'), JSON.stringify(rules));
      await writeFile(join(folder, 'bare.yml'), JSON.stringify(bare));
      await writeFile(
        join(folder, 'tests.yml'),
        JSON.stringify({ rule_files: ['bare.yml'], evaluation_interval: '1m', tests }),
      );
      const run = (...args: readonly string[]): Promise<string> =>
        runProgram({ command: part.path, args, env: awsEnvironment({}), log: join(folder, 'log') }, 30_000);

      const checked = await run('check', 'rules', join(folder, 'rules.yml'));
      const tested = await run('test', 'rules', join(folder, 'tests.yml'));

      expect(checked).toContain('SUCCESS: 11 rules found');
      expect(tested).toContain('SUCCESS');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
