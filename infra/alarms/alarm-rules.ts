import type { AlarmBounds, AlarmRule } from './alarm-rule.ts';

const MINUTE = 60_000;
const LOST = ['rejected', 'dropped', 'expired'];

/** Every alarm, with the bounds of the house; the budget's only if there is one. */
export function alarmRules(bounds: AlarmBounds): readonly AlarmRule[] {
  const rules: readonly AlarmRule[] = [
    {
      id: 'node-down',
      title: 'A node does not answer',
      description: 'The node’s kubelet has not answered for three minutes; node/down and the tick’s report say why.',
      severity: 'critical',
      levels: ['node'],
      bounds: [{ metric: 'up', comparison: '<', threshold: 1 }],
      by: ['cluster_name', 'nodename'],
      only: {},
      minutes: 3,
      absent: false,
    },
    {
      id: 'incomplete',
      title: 'Too few pods were measured',
      description:
        'Less of the cluster was measured than is asked for. The tick’s report says which nodes failed and why.',
      severity: 'critical',
      levels: ['cluster'],
      bounds: [{ metric: 'collection/completeness', comparison: '<', threshold: bounds.completeness }],
      by: ['cluster_name'],
      only: {},
      minutes: 5,
      absent: true,
    },
    {
      id: 'points-dropped',
      title: 'Points are lost',
      description:
        'A backend refused points or did not take them in time. The report of the tick has the reasons with their counts.',
      severity: 'critical',
      levels: ['cluster'],
      bounds: [{ metric: 'heapless/points', comparison: '>', threshold: 0 }],
      by: ['cluster_name'],
      only: { outcome: LOST },
      minutes: 2,
      absent: false,
    },
    {
      id: 'backlog-growing',
      title: 'Points wait too long for a backend',
      description:
        'The backlog is not worked off: the backend is away or too slow. Points beyond its age are given up.',
      severity: 'warning',
      levels: ['cluster'],
      bounds: [{ metric: 'heapless/backlog_age', comparison: '>', threshold: bounds.backlogMinutes * MINUTE }],
      by: ['cluster_name'],
      only: {},
      minutes: 5,
      absent: false,
    },
    {
      id: 'memory-near-limit',
      title: 'Memory is near the limit',
      description:
        'The working set is close to the limit, at which the kernel kills: raise the limit or find the growth.',
      severity: 'warning',
      levels: ['pod_container', 'pod', 'workload', 'namespace'],
      bounds: [{ metric: 'memory/limit_utilization', comparison: '>', threshold: bounds.memory }],
      by: ['cluster_name', 'namespace_name', 'workload_kind', 'workload_name', 'pod_name', 'container_name'],
      only: {},
      minutes: 5,
      absent: false,
    },
    {
      id: 'volume-almost-full',
      title: 'A volume is almost full',
      description: 'Writes fail when it is full: make the volume larger or remove data.',
      severity: 'warning',
      levels: ['volume'],
      bounds: [{ metric: 'filesystem/usage', comparison: '>', threshold: bounds.volume, divisor: 'filesystem/limit' }],
      undivided: [{ metric: 'filesystem/available', comparison: '<', threshold: bounds.volumeBytes }],
      by: ['cluster_name', 'namespace_name', 'pod_name', 'volume_name'],
      only: {},
      minutes: 5,
      absent: false,
    },
    {
      id: 'pressure-high',
      title: 'Tasks of a node wait for CPU, memory or disks',
      description:
        'For so much of the time some task waited: the node is too small for what runs there, or a disk is slow.',
      severity: 'warning',
      levels: ['node'],
      bounds: ['cpu', 'memory', 'io'].map((of) => ({
        metric: `${of}/pressure_rate[some]`,
        comparison: '>' as const,
        threshold: bounds.pressure,
      })),
      by: ['cluster_name', 'nodename'],
      only: {},
      minutes: 10,
      absent: false,
    },
    {
      id: 'budget-exceeded',
      title: 'More points are exported than planned',
      description:
        'The backends bill more than the budget: look for new label values, and narrow levels=, metrics= or --group-by.',
      severity: 'warning',
      levels: ['cluster'],
      bounds: [{ metric: 'heapless/points', comparison: '>', threshold: bounds.budgetPoints ?? Infinity }],
      by: ['cluster_name'],
      only: { outcome: ['delivered'] },
      minutes: 15,
      absent: false,
    },
  ];
  return rules.filter(({ id }) => id !== 'budget-exceeded' || bounds.budgetPoints !== undefined);
}
