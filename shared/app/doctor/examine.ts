import { connectCluster } from '../../clusters/registry.ts';
import { createDeadline } from '../../core/deadline.ts';
import { type Millis, SECOND } from '../../core/units.ts';
import type { Runtime } from '../runtime.ts';
import { examineCluster } from './examine-cluster.ts';
import { examineSink } from './examine-sink.ts';
import { examineState } from './examine-state.ts';
import { type Finding, ok, type StepFinding } from './finding.ts';

const BACKEND_TIME: Millis = 15 * SECOND;

/**
 * Looks at everything that a tick needs, without a tick: each cluster, each sink, the state. Findings are told as they come
 * and returned. Nothing is written but one small object in the state store, which is deleted again.
 */
export async function examine(
  runtime: Runtime,
  options: {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly signal: AbortSignal;
    readonly onFinding: (finding: Finding) => void;
  },
): Promise<readonly Finding[]> {
  const { config, platform, sources, sinks, store } = runtime;
  const { clock } = platform;
  const findings: Finding[] = [];
  const teller =
    (subject: string) =>
    (finding: StepFinding): void => {
      const whole = { subject, ...finding };
      findings.push(whole);
      options.onFinding(whole);
    };
  teller('configuration')(ok('read', `sources: ${config.sources.length}, sinks: ${config.sinks.length}`));
  for (const source of sources) {
    const tell = teller(`cluster ${source.cluster}`);
    await examineCluster({
      connect: () =>
        connectCluster(source.uri, {
          env: options.env,
          readFile: platform.readFile,
          clock,
          notice: ({ notice }) => tell({ step: 'source', status: 'note', sentence: notice }),
        }),
      source,
      config,
      clock,
      signal: options.signal,
      tell,
    });
  }
  for (const sink of sinks) {
    using deadline = createDeadline(clock.now() + BACKEND_TIME, clock, options.signal);
    teller(`sink ${sink.shown}`)(await examineSink(sink, deadline));
  }
  using deadline = createDeadline(clock.now() + BACKEND_TIME, clock, options.signal);
  teller(`state ${store.shown}`)(await examineState(store, deadline));
  return findings;
}
