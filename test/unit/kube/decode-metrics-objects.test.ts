import { describe, expect, it } from 'vitest';
import { decodeNodeMetrics, decodePodMetrics } from '../../../shared/kube/decode-metrics-objects.ts';
import { parseGoDuration } from '../../../shared/kube/go-duration.ts';

const TIME = '2026-11-28T13:00:00Z';

describe('objects of the Metrics API', () => {
  it('have usage in millicores and bytes, and the end and length of its window', () => {
    const node = {
      metadata: { name: 'n' },
      timestamp: TIME,
      window: '15.083s',
      usage: { cpu: '1500250001n', memory: '2Ki' },
    };
    const { usage, timestamp, window } = decodeNodeMetrics(node);
    expect(usage.cpu).toBeCloseTo(1_500.250001, 6);
    expect(usage.memory).toBe(2_048);
    expect(timestamp).toBe(Date.parse(TIME));
    expect(window).toBe(15_083);
  });

  it.each([[null], [7], ['x'], [[]], [{}], [{ usage: 3, timestamp: 5, window: {} }]])('are empty of %j', (value) => {
    const { usage, timestamp, window } = decodeNodeMetrics(value);
    expect([usage.cpu, usage.memory, timestamp, window]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  });

  it.each(['-5m', 'many', '', '1e999'])('have no usage of %j', (cpu) => {
    expect(decodeNodeMetrics({ usage: { cpu, memory: cpu } }).usage).toEqual({ cpu: Number.NaN, memory: Number.NaN });
  });

  it('leave containers without a name out, and keep those without usage', () => {
    const containers = [{ name: 'a', usage: { cpu: '0', memory: '1Mi' } }, { name: 'b' }, { name: '' }, null, 'x'];
    expect(decodePodMetrics({ containers }).containers).toEqual([
      { name: 'a', cpu: 0, memory: 1_048_576 },
      { name: 'b', cpu: Number.NaN, memory: Number.NaN },
    ]);
    expect(decodePodMetrics({ containers: 'x' }).containers).toEqual([]);
  });
});

describe('parseGoDuration', () => {
  it.each([
    ['15.057s', 15_057],
    ['1m0s', 60_000],
    ['1h2m3.5s', 3_723_500],
    ['250ms', 250],
    ['', Number.NaN],
    ['15', Number.NaN],
    ['-1s', Number.NaN],
    ['1s ', Number.NaN],
  ])('reads %j', (text, millis) => {
    expect(parseGoDuration(text)).toBe(millis);
  });
});
