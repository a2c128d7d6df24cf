import { describe, expect, it } from 'vitest';
import { toLabelName, toMetricName } from '../../../../shared/sinks/prometheus/names.ts';

describe('names of remote write', () => {
  it.each([
    ['cpu/usage_rate', 'heapster', 'heapster_cpu_usage_rate'],
    ['hugepages-2Mi/request', 'heapster', 'heapster_hugepages_2Mi_request'],
    ['container_cpu_usage_seconds_total', 'prometheus', 'container_cpu_usage_seconds_total'],
    ['5xx:rate', 'prometheus', '_5xx:rate'],
    ['', 'prometheus', '_'],
  ] as const)('make of the metric %j in %s %j', (name, dialect, expected) => {
    expect(toMetricName(name, { name: dialect })).toBe(expected);
  });

  it.each([
    ['namespace', 'namespace'],
    ['app.kubernetes.io/name', 'app_kubernetes_io_name'],
    ['a:b', 'a_b'],
    ['__name__', '_name__'],
    ['2nd', '_2nd'],
    ['größe', 'gr__e'],
  ])('make of the label %j %j', (name, expected) => {
    expect(toLabelName(name)).toBe(expected);
  });
});
