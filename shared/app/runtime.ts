import type { ComponentUri, Config, ConfigNotice } from '../config/config.ts';
import { parseConfig } from '../config/parse-config.ts';
import { resolveSecrets } from '../config/resolve-secrets.ts';
import { ColumnPool } from '../core/column-pool.ts';
import { createDeadline } from '../core/deadline.ts';
import { ConfigError, describeError } from '../core/errors.ts';
import { MIB, type Millis, SECOND } from '../core/units.ts';
import { createLanes, type Lanes } from '../delivery/lane.ts';
import { createPacers, type Pacers } from '../delivery/pacer.ts';
import { openSink } from '../sinks/registry.ts';
import { unknownLabels } from '../sinks/row-filter.ts';
import type { Sink } from '../sinks/sink.ts';
import type { ObjectStore } from '../state/object-store.ts';
import { openStore } from '../state/registry.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { beforeDeadline } from './before-deadline.ts';
import type { Platform } from './platform.ts';
import { PARTS } from './registry.ts';
import { createSourceRuntime, type SourceRuntime } from './source-runtime.ts';
import { UnsentRows } from './unsent-rows.ts';

export interface RuntimeInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags?: ReadonlyMap<string, readonly string[]>;
  readonly platform: Platform;
  /** Read the secrets of sources when they are first connected to: a function that talks to no cluster never does. */
  readonly deferSourceSecrets?: boolean;
}

/** Everything a use-case needs, opened once and kept by a warm process: a cache, never a truth. */
export interface Runtime {
  readonly config: Config;
  readonly notices: readonly ConfigNotice[];
  readonly platform: Platform;
  readonly logger: Logger;
  readonly sources: readonly SourceRuntime[];
  readonly sinks: readonly Sink[];
  /** What was sent within the sinks' quotas, as far as this process knows. */
  readonly pacers: Pacers;
  /** Their requests in flight, those of all exports of this process together. */
  readonly lanes: Lanes;
  readonly store: ObjectStore;
  /** Memory of tables, for one shard after the other. */
  readonly columns: ColumnPool;
  /** Bounds what waits for sinks. */
  readonly unsent: UnsentRows;
  close(): Promise<void>;
}

/** Memory of columns that is kept between shards: some ten shards of 100 nodes. */
const MOST_COLUMN_BYTES = 96 * MIB;
/** Nodes whose rows may wait for sinks before the next nodes are asked: some 50 MB. */
const MOST_UNSENT_NODES = 1_000;
/** Nothing is on the way any more when a runtime is closed: a sink that cannot say goodbye is left alone. */
const CLOSING: Millis = 2 * SECOND;

/**
 * Reads the configuration, resolves its secrets, opens store and sinks and prepares the clusters. Throws one
 * `ConfigError` with every problem that can be seen without talking to a cluster.
 */
export async function createRuntime({
  env,
  flags,
  platform,
  deferSourceSecrets = false,
}: RuntimeInput): Promise<Runtime> {
  const { config: asWritten, notices: parsed } = parseConfig({
    env,
    ...(flags === undefined ? {} : { flags }),
    defaults: { state: platform.defaultState },
  });
  const notices: ConfigNotice[] = [...parsed];
  const notice = (entry: ConfigNotice): void => {
    notices.push(entry);
  };
  const resolve = (uri: ComponentUri): Promise<ComponentUri> => resolveSecrets(uri, platform.readSecret);
  // All at once: a store of secrets that hangs costs the start its time limit once, not for each of them.
  const [sourceUris, sinkUris, state] = await Promise.all([
    deferSourceSecrets ? asWritten.sources : Promise.all(asWritten.sources.map(resolve)),
    Promise.all(asWritten.sinks.map(resolve)),
    resolve(asWritten.state),
  ]);
  const config: Config = { ...asWritten, sources: sourceUris, sinks: sinkUris, state };
  const logger = createLogger({ clock: platform.clock, level: config.logLevel, write: platform.writeLog });
  const context = { clock: platform.clock, notice, write: platform.write };
  const [store, sinks] = await bothOrProblems(
    openStore(config.state),
    allOrProblems(config.sinks.map((uri) => openSink(uri, context))),
  );
  refuseUnknownLabels(config, sinks);
  const sources = await allOrProblems(
    config.sources.map(async (uri) =>
      createSourceRuntime(uri, {
        config,
        platform,
        notice,
        connect: async () =>
          (await PARTS.clusterAccess()).connectCluster(await resolveSecrets(uri, platform.readSecret), {
            env,
            readFile: platform.readFile,
            clock: platform.clock,
            notice: (entry) => logger.log('warn', 'notice', { ...entry }),
          }),
      }),
    ),
  );
  return {
    config,
    notices,
    platform,
    logger,
    sources,
    sinks,
    pacers: createPacers(sinks, platform.clock),
    lanes: createLanes(),
    columns: new ColumnPool(MOST_COLUMN_BYTES),
    unsent: new UnsentRows(MOST_UNSENT_NODES),
    store,
    async close() {
      for (const source of sources) source.close();
      const { clock } = platform;
      using deadline = createDeadline(clock.now() + CLOSING, clock);
      const closing = Promise.all([...sinks.map((sink) => sink.close()), store.close()]);
      try {
        await beforeDeadline(closing, deadline, 'closing sinks and state');
      } catch (error) {
        logger.log('warn', 'close', { error: describeError(error) });
      }
    },
  };
}

/** Throws `ConfigError` for `labels=` of a key that no row will ever have: nothing of pods would be exported, and nobody told. */
function refuseUnknownLabels({ labels, groupings }: Config, sinks: readonly Sink[]): void {
  const chosen = [...labels.stored.values(), ...groupings.flatMap(({ keys }) => keys.map(({ name }) => name))];
  const problems = sinks.flatMap(({ name, selection }) =>
    unknownLabels(selection, chosen).map((key) => ({
      where: `sink ${name}`,
      problem: `labels has the key ${JSON.stringify(key)}, which rows do not have; store the label of pods by --store-label ${key}`,
    })),
  );
  if (problems.length > 0) throw new ConfigError(problems);
}

/** Awaits all; if some throw `ConfigError`s, throws one with all their problems. */
async function allOrProblems<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  const settled = await Promise.allSettled(work);
  const failures = settled.filter((result) => result.status === 'rejected').map((result) => result.reason as unknown);
  const other = failures.find((failure) => !(failure instanceof ConfigError));
  if (other !== undefined) throw other;
  if (failures.length > 0) throw new ConfigError(failures.flatMap((failure) => (failure as ConfigError).problems));
  return settled.map((result) => (result as PromiseFulfilledResult<T>).value);
}

/** Awaits two; if both throw `ConfigError`s, throws one with the problems of both. */
async function bothOrProblems<A, B>(a: Promise<A>, b: Promise<B>): Promise<readonly [A, B]> {
  await allOrProblems<unknown>([a, b]);
  return [await a, await b];
}
