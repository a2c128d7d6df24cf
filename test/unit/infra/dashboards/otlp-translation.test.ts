import { describe, expect, it } from 'vitest';
import { translateLabel, translateMetric } from '../../../../infra/dashboards/otlp-translation.ts';

describe('names of OTLP in Prometheus', () => {
  it.each([
    ['k8s.pod.cpu.usage', '{cpu}', 'gauge', 'k8s_pod_cpu_usage'],
    ['k8s.node.memory.working_set', 'By', 'gauge', 'k8s_node_memory_working_set_bytes'],
    ['k8s.node.network.io', 'By', 'cumulative', 'k8s_node_network_io_bytes_total'],
    ['container.cpu.time', 's', 'cumulative', 'container_cpu_time_seconds_total'],
    ['cpu/node_utilization', '1', 'gauge', 'cpu_node_utilization_ratio'],
    ['network/rx_rate', 'By/s', 'gauge', 'network_rx_rate_bytes_per_second'],
    ['cpu/usage_rate', 'm{cpu}', 'gauge', 'cpu_usage_rate'],
    ['cpu/pressure_avg10', '%', 'gauge', 'cpu_pressure_avg10_percent'],
    ['memory/page_faults', '1', 'cumulative', 'memory_page_faults_total'],
  ] as const)('%s in %s, a %s, is %s', (name, unit, kind, stored) => {
    expect(translateMetric(name, { unit, kind })).toBe(stored);
  });

  it('begin with a letter', () => {
    expect(translateLabel('k8s.node.name')).toBe('k8s_node_name');
    expect(translateLabel('1st')).toBe('key_1st');
    expect(translateLabel('_hidden')).toBe('key_hidden');
  });
});
