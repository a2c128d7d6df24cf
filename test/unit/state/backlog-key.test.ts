import { describe, expect, it } from 'vitest';
import { backlogKey, backlogPrefix, backlogSink, readBacklogKey, TOTALS } from '../../../shared/state/backlog-key.ts';

const T0 = Date.UTC(2026, 0, 1, 12, 0, 0);

describe('backlog keys', () => {
  it('say back what they were made of, whatever the names', () => {
    const place = {
      cluster: 'arn:aws:eks:eu/prod',
      sink: 'influxdb-0123abcd',
      timestamp: T0,
      part: 's001~/x',
      points: 12,
      bytes: 3_456,
    };

    expect(readBacklogKey(backlogKey(place))).toEqual(place);
    expect(backlogKey(place).startsWith(backlogPrefix(place.cluster))).toBe(true);
  });

  it('are in the order of their stamps', () => {
    const stamps = [T0 - 40 * 365 * 86_400_000, T0, T0 + 60_000];
    const keys = stamps.map((timestamp) =>
      backlogKey({ cluster: 'c', sink: 's-1', timestamp, part: TOTALS, points: 1, bytes: 2 }),
    );

    expect(keys.toSorted()).toEqual(keys);
  });

  it.each([
    '',
    'claim/prod',
    'backlog/c/s/123/p~1~2',
    'backlog/c/s/1767268800000/p',
    'backlog/%zz/s/1767268800000/p~1~2',
  ])('are not %j', (key) => {
    expect(readBacklogKey(key)).toBeUndefined();
  });

  it('tell sinks of one kind apart by where they lead', () => {
    const one = backlogSink({ name: 'influxdb', shown: 'influxdb:http://a:8086' });
    const two = backlogSink({ name: 'influxdb', shown: 'influxdb:http://b:8086' });

    expect(one).toMatch(/^influxdb-[0-9a-f]{8}$/);
    expect(two).not.toBe(one);
  });
});
