import { describe, expect, it } from 'vitest';
import { labelOf, type MetricBatch } from '../../../shared/core/batch.ts';
import { LABEL_KEYS } from '../../../shared/core/labels.ts';
import { heapsterType, LEVELS } from '../../../shared/core/level.ts';
import { METRICS, metricByKey } from '../../../shared/core/metrics.ts';
import type { Dialect } from '../../../shared/dialects/dialect.ts';
import { LOADABLE_DIALECTS, loadDialect } from '../../../shared/dialects/registry.ts';
import { createRowReader } from '../../../shared/sinks/row-values.ts';
import { observedBatch } from '../../support/observed-batch.ts';

/** Every value of a batch as its series in a dialect. */
function seriesOf(batch: MetricBatch, dialect: Dialect): readonly string[] {
  return LEVELS.flatMap((level) => {
    const table = batch.tables[level];
    if (table === undefined) return [];
    const read = createRowReader(batch, table);
    return Array.from({ length: table.rows }, (_, row) => row).flatMap((row) => {
      const labels = new Map<string, string>(dialect.fixed(level));
      const add = (name: string | undefined, text: string | undefined): void => {
        if (name !== undefined && text !== undefined && text !== '') labels.set(name, text);
      };
      for (const [index, key] of batch.labelKeys.entries())
        add(dialect.label(key, level), labelOf(batch, table, index, row));
      add(dialect.label('type', level), heapsterType(level));
      return read(row).flatMap(({ metric, own }) => {
        const word = dialect.metric(metric, level);
        if (word === undefined) return [];
        const fixed = Object.keys(metric.own);
        const free = own
          .filter(([key]) => !fixed.includes(key))
          .map(([key, text]) => [dialect.ownLabel(key), text] as const);
        const all = new Map([...labels, ...word.labels, ...free]);
        return [`${word.name} ${JSON.stringify([...all].sort())}`];
      });
    });
  });
}

describe.each(LOADABLE_DIALECTS)('names=%s', (name) => {
  it('gives every value a series of its own', async () => {
    const all = seriesOf(observedBatch(), await loadDialect(name));

    const twice = all.filter((series, at) => all.indexOf(series) !== at);
    expect(twice).toEqual([]);
    expect(all.length).toBeGreaterThan(name === 'containerinsights' ? 50 : 100);
  });

  it('gives a name one unit and one kind', async () => {
    const dialect = await loadDialect(name);
    const seen = new Map<string, string>();
    const wrong: string[] = [];
    for (const metric of METRICS) {
      for (const level of metric.levels) {
        const word = dialect.metric(metric, level);
        if (word === undefined) continue;
        // kube-state-metrics says the unit in a label; Heapster has one name for all levels.
        const key = `${word.name} ${word.labels.find(([label]) => label === 'resource')?.[1] ?? ''}`;
        const said = `${word.unit} ${word.kind}`;
        if ((seen.get(key) ?? said) !== said) wrong.push(`${key}: ${seen.get(key)} and ${said}`);
        seen.set(key, said);
      }
    }

    expect(wrong).toEqual([]);
  });

  it('gives no two metrics of a level one series, the levels that the catalog does not know included', async () => {
    const dialect = await loadDialect(name);
    for (const level of LEVELS) {
      const words = METRICS.map((metric) => dialect.metric(metric, level)).filter((word) => word !== undefined);
      const series = words.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`);

      expect(series.filter((one, at) => series.indexOf(one) !== at)).toEqual([]);
    }
  });

  it('writes labels in order', async () => {
    const dialect = await loadDialect(name);
    for (const metric of METRICS) {
      for (const level of metric.levels) {
        const keys = (dialect.metric(metric, level)?.labels ?? []).map(([key]) => key);
        expect(keys).toEqual(keys.toSorted());
      }
    }
  });
});

describe('what a dialect leaves out', () => {
  it.each(['otel', 'semconv'] as const)('in %s is made of what it has', async (name) => {
    const dialect = await loadDialect(name);
    const left = METRICS.flatMap((metric) =>
      metric.levels.filter((level) => dialect.metric(metric, level) === undefined).map((level) => ({ metric, level })),
    );

    for (const { metric, level } of left) {
      // A sum over interfaces beside the interfaces, or a rate of a counter.
      const counter = metric.rate?.of ?? metric.key;
      const interfaces = metricByKey(counter.startsWith('network/') ? counter.replace('/', '/interface_') : counter);
      expect([metric.key, level, dialect.metric(interfaces, level)?.kind]).not.toContain(undefined);
    }
    expect(left.length).toBeGreaterThan(0);
  });

  it('in prometheus is a total, a rate, a ratio, or nothing that its dashboards know', async () => {
    const dialect = await loadDialect('prometheus');
    const left = METRICS.filter((metric) =>
      metric.levels.every((level) => dialect.metric(metric, level) === undefined),
    );

    expect([...new Set(left.map(({ name }) => name))].sort()).toMatchInlineSnapshot(`
      [
        "accelerator/duty_cycle",
        "accelerator/memory_total",
        "accelerator/memory_used",
        "cpu/limit_utilization",
        "cpu/node_reservation",
        "cpu/node_utilization",
        "cpu/pressure_avg10",
        "cpu/pressure_avg300",
        "cpu/pressure_avg60",
        "cpu/pressure_rate",
        "cpu/request_utilization",
        "cpu/usage_rate",
        "ephemeral_storage/available",
        "ephemeral_storage/inodes_used",
        "ephemeral_storage/node_reservation",
        "ephemeral_storage/node_utilization",
        "ephemeral_storage/usage",
        "filesystem/available",
        "filesystem/inodes",
        "filesystem/inodes_free",
        "filesystem/inodes_used",
        "filesystem/limit",
        "filesystem/usage",
        "io/pressure_avg10",
        "io/pressure_avg300",
        "io/pressure_avg60",
        "io/pressure_rate",
        "memory/available",
        "memory/limit_utilization",
        "memory/major_page_faults_rate",
        "memory/node_reservation",
        "memory/node_utilization",
        "memory/page_faults_rate",
        "memory/pressure_avg10",
        "memory/pressure_avg300",
        "memory/pressure_avg60",
        "memory/pressure_rate",
        "memory/request_utilization",
        "network/rx",
        "network/rx_errors",
        "network/rx_errors_rate",
        "network/rx_rate",
        "network/tx",
        "network/tx_errors",
        "network/tx_errors_rate",
        "network/tx_rate",
        "pid/limit",
        "pid/usage",
        "process/count",
        "swap/available",
        "uptime",
      ]
    `);
  });
});

describe('words', () => {
  it.each([
    [
      'otel',
      'cpu/usage',
      'node',
      { name: 'k8s.node.cpu.time', unit: 's', scale: 1e-9, kind: 'cumulative', valueType: 'double' },
    ],
    [
      'otel',
      'cpu/usage_rate',
      'pod_container',
      { name: 'container.cpu.usage', unit: '{cpu}', scale: 1e-3, kind: 'gauge' },
    ],
    ['otel', 'network/interface_rx', 'pod', { name: 'k8s.pod.network.io', labels: [['direction', 'receive']] }],
    ['otel', 'filesystem/usage[/]', 'pod_container', { name: 'container.filesystem.usage', labels: [] }],
    ['otel', 'cpu/usage_rate', 'namespace', { name: 'heapless.namespace.cpu.usage_rate', unit: '{cpu}', scale: 1e-3 }],
    ['otel', 'heapless/lag', 'cluster', { name: 'heapless.lag', unit: 's', scale: 1e-3 }],
    ['semconv', 'cpu/limit_utilization', 'pod_container', { name: 'k8s.container.cpu.limit.utilization' }],
    [
      'semconv',
      'memory/request',
      'pod_container',
      { name: 'k8s.container.memory.request.desired', unit: 'By', scale: 1 },
    ],
    ['semconv', 'filesystem/inodes_free', 'volume', { name: 'k8s.pod.volume.inode.free' }],
    [
      'semconv',
      'network/interface_tx',
      'node',
      { name: 'k8s.node.network.io', labels: [['network.io.direction', 'transmit']] },
    ],
    ['semconv', 'memory/major_page_faults', 'pod', { name: 'k8s.pod.paging.faults', kind: 'cumulative' }],
    ['semconv', 'memory/usage', 'pod', { name: 'k8s.pod.memory.usage', kind: 'updown' }],
    ['semconv', 'uptime', 'pod', { name: 'k8s.pod.uptime', unit: 's', kind: 'gauge' }],
    ['semconv', 'cpu/usage', 'pod', { name: 'k8s.pod.cpu.time', kind: 'cumulative' }],
    ['otel', 'memory/limit', 'pod_container', { name: 'k8s.container.memory_limit', reading: { zeroIsAbsent: true } }],
    [
      'prometheus',
      'pod/count',
      'node',
      {
        name: 'kubelet_running_pods',
        labels: [
          ['job', 'kubelet'],
          ['metrics_path', '/metrics'],
        ],
      },
    ],
    ['prometheus', 'cpu/limit', 'pod_container', { reading: { zeroIsAbsent: true } }],
    ['prometheus', 'cpu/usage', 'pod_container', { name: 'container_cpu_usage_seconds_total', scale: 1e-9 }],
    ['prometheus', 'cpu/request', 'pod_container', { name: 'kube_pod_container_resource_requests', scale: 1e-3 }],
    ['prometheus', 'filesystem/usage', 'volume', { name: 'kubelet_volume_stats_used_bytes', unit: 'By', scale: 1 }],
    ['prometheus', 'heapless/lag', 'cluster', { name: 'heapless_lag_seconds', scale: 1e-3 }],
    ['prometheus', 'node/down', 'node', { name: 'heapless_node_down' }],
  ] as const)('of %s for %s of a %s', async (name, key, level, expected) => {
    expect((await loadDialect(name)).metric(metricByKey(key), level)).toMatchObject(expected);
  });

  it('for labels that users chose meet no other label', async () => {
    for (const name of ['otel', 'semconv', 'prometheus'] as const) {
      const dialect = await loadDialect(name);
      for (const level of ['node', 'pod', 'pod_container', 'volume'] as const) {
        const taken = [...LABEL_KEYS, 'cluster_name'].map((key) => dialect.label(key, level));
        const fixed = METRICS.flatMap((metric) => dialect.metric(metric, level)?.labels ?? []).map(([key]) => key);
        for (const key of [
          'container',
          'namespace',
          'pod',
          'image',
          'job',
          'node',
          'resource',
          'interface',
          'direction',
        ]) {
          expect([...taken, ...fixed]).not.toContain(dialect.label(key, level));
        }
      }
    }
    expect((await loadDialect('otel')).label('zone', 'node')).toBe('k8s.node.label.zone');
  });

  it('of prometheus name the page that would have been scraped', async () => {
    const dialect = await loadDialect('prometheus');

    expect(Object.fromEntries(dialect.metric(metricByKey('memory/working_set'), 'node')?.labels ?? [])).toEqual({
      id: '/',
      job: 'kubelet',
      metrics_path: '/metrics/cadvisor',
    });
  });
});
