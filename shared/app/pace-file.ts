import { describeError } from '../core/errors.ts';
import { once } from '../core/once.ts';
import type { UnixMillis } from '../core/units.ts';
import * as z from '../core/zod.ts';
import type { Sink } from '../sinks/sink.ts';
import { backlogSink } from '../state/backlog-key.ts';
import type { ObjectStore, PutCondition } from '../state/object-store.ts';

/** Which sinks take a tick, and which rest because their least interval has not passed since the last one they took. */
export interface PaceFile {
  /** Identities (`backlogSink`) of sinks that rest. */
  readonly resting: readonly string[];
  readonly warnings: readonly string[];
  /** Stores that the other sinks have taken this tick. Trouble is a warning: they then take the next tick too. */
  settle(signal: AbortSignal): Promise<readonly string[]>;
}

const STORED = once(() => z.object({ version: z.literal(1), exported: z.record(z.string(), z.number()) }));

/** Stamps of the last ticks that sinks took, by identity. */
type Exported = Readonly<Record<string, UnixMillis>>;

/**
 * Reads when each sink with a least interval took a tick last, and decides for this one. A tick is too early if its stamp is
 * less than the interval after that one's; the same tick once more, after a run that did not finish, is not. A stamp far ahead is
 * a clock's mistake and does not count. Sinks
 * without an interval need no file, and a file that cannot be read lets nobody rest.
 */
export async function openPaceFile(
  store: ObjectStore,
  sinks: readonly Pick<Sink, 'name' | 'shown' | 'minInterval'>[],
  { cluster, timestamp }: { readonly cluster: string; readonly timestamp: UnixMillis },
  signal: AbortSignal,
): Promise<PaceFile> {
  const paced = sinks.filter(({ minInterval = 0 }) => minInterval > 0);
  if (paced.length === 0) return { resting: [], warnings: [], settle: async () => [] };
  const key = `sinks/${encodeURIComponent(cluster)}`;
  const warnings: string[] = [];
  let exported: Exported = {};
  let condition: PutCondition = { if: 'absent' };
  try {
    const object = await store.get(key, signal);
    if (object !== undefined) {
      condition = { if: 'version', version: object.version };
      const read = parse(object.body);
      if (read === undefined) warnings.push(`${key} is unreadable and is made anew: no sink rests in this tick`);
      exported = read ?? {};
    }
  } catch (error) {
    warnings.push(`${key} could not be read: ${describeError(error)}; no sink rests in this tick`);
  }
  const resting = paced
    .filter((sink) => {
      const since = timestamp - (exported[backlogSink(sink)] ?? Number.NEGATIVE_INFINITY);
      return since !== 0 && Math.abs(since) < (sink.minInterval ?? 0);
    })
    .map(backlogSink);
  return {
    resting,
    warnings,
    async settle(signal) {
      const ids = paced.map(backlogSink);
      const kept = Object.entries(exported).filter(([id]) => ids.includes(id));
      const taken = ids.filter((id) => !resting.includes(id)).map((id) => [id, timestamp] as const);
      if (taken.length === 0) return [];
      const body = Buffer.from(JSON.stringify({ version: 1, exported: Object.fromEntries([...kept, ...taken]) }));
      try {
        const outcome = await store.put(key, body, condition, signal);
        return outcome.status === 'conflict' ? [`${key} was changed by another run`] : [];
      } catch (error) {
        return [`${key} could not be stored: ${describeError(error)}; sinks may take the next tick too early`];
      }
    },
  };
}

function parse(body: Buffer): Exported | undefined {
  try {
    return STORED().parse(JSON.parse(body.toString('utf8'))).exported;
  } catch {
    return undefined;
  }
}
