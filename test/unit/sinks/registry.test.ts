import { describe, expect, it } from 'vitest';
import { describeOptions } from '../../../shared/config/describe-options.ts';
import { parseUri } from '../../../shared/config/uri.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { loadSink, openSink, SINKS } from '../../../shared/sinks/registry.ts';
import type { SinkContext } from '../../../shared/sinks/sink.ts';

const CONTEXT: SinkContext = { clock: systemClock, notice: () => {}, write: () => {} };

async function problemOf(uri: string): Promise<string> {
  return await openSink(parseUri(uri, {}), CONTEXT).then(
    () => 'it opened',
    (error: Error) => error.message,
  );
}

describe('openSink', () => {
  it('opens a sink of the table under its key', async () => {
    const sink = await openSink(parseUri('log:?levels=node', {}), CONTEXT);

    expect(sink).toMatchObject({ name: 'log', selection: { levels: ['node'], metrics: ['*'] } });
  });

  it.each(Object.keys(SINKS))('has a definition of %s under the same key, with every option described', async (key) => {
    const definition = await loadSink(key);

    expect(definition.key).toBe(key);
    expect(describeOptions(definition.options).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['levels', 'metrics']),
    );
    expect(definition.defaults.levels.length).toBeGreaterThan(0);
  });

  it('says which sinks there are, and what was meant', async () => {
    expect(await problemOf('clodwatch:')).toMatch(
      /^sink clodwatch: is not a sink; did you mean "cloudwatch"\? sinks are/,
    );
    expect(await problemOf('constructor:')).toMatch(/is not a sink/);
  });

  it.each([
    'elasticsearch',
    'gcm',
    'graphite',
    'honeycomb',
    'influxdb',
    'kafka',
    'log',
    'opentsdb',
    'riemann',
    'stackdriver',
    'statsd',
  ])("has Heapster's %s", (key) => {
    expect(Object.keys(SINKS)).toContain(key);
  });

  it.each([
    ['hawkular', /^sink hawkular: ended when the Hawkular project did.*use prometheus:/],
    ['librato', /^sink librato: ended: SolarWinds moved.*use otlp:/],
    ['metric', /^sink metric: ended: .*metrics-server/],
    ['wavefront', /^sink wavefront: ended on 2025-10-31.*use otlp:/],
  ])('says of %s that it ended, and what to use', async (key, says) => {
    expect(await problemOf(`${key}:`)).toMatch(says);
  });

  it('tells all problems of a URI at once', async () => {
    const problem = await problemOf('cloudwatch://host?regoin=x&resolution=5&namespace=AWS/x&dimensions=pod:Nodename');

    expect(problem).toMatch(/unknown option "regoin"; did you mean "region"\?/);
    expect(problem).toMatch(/resolution must be one of 60, 1, got "5"/);
    expect(problem).toMatch(/namespace must not begin with AWS\//);
    expect(problem).toMatch(/"Nodename".*did you mean "NodeName"/);
    expect(problem).toMatch(/takes options only/);
  });
});
