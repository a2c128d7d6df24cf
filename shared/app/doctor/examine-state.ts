import { randomUUID } from 'node:crypto';
import type { Deadline } from '../../core/deadline.ts';
import { describeError, HeaplessError } from '../../core/errors.ts';
import type { ObjectStore } from '../../state/object-store.ts';
import { beforeDeadline } from '../before-deadline.ts';
import { ok, problem, type StepFinding } from './finding.ts';

/** Writes, reads, lists, refuses a second writer and deletes one small object: what ticks rely on. */
export async function examineState(store: ObjectStore, deadline: Deadline): Promise<StepFinding> {
  const key = `doctor/${randomUUID()}`;
  const { signal } = deadline;
  const failed = (sentence: string): StepFinding =>
    problem('round trip', sentence, 'choose a store with conditional writes and read-your-write in HEAPLESS_STATE');
  const trip = async (): Promise<StepFinding> => {
    const body = Buffer.from(key);
    const first = await store.put(key, body, { if: 'absent' }, signal);
    if (first.status !== 'stored') return failed('an object that was never written is there already');
    const second = await store.put(key, body, { if: 'absent' }, signal);
    const read = await store.get(key, signal);
    const listed = await store.list('doctor/', signal);
    const deleted = await store.delete(key, first.version, signal);
    if (second.status !== 'conflict') return failed('two writers of one object were both let through');
    if (read === undefined || !read.body.equals(body)) return failed('what was written was not what was read');
    if (!listed.includes(key)) return failed('what was written was not listed');
    if (deleted !== 'deleted') return failed('what was written could not be deleted');
    return ok('round trip', 'written, read, listed, guarded against a second writer, deleted');
  };
  try {
    return await beforeDeadline(trip(), deadline, 'the round trip through the state store');
  } catch (error) {
    const said = error instanceof HeaplessError ? error.message : describeError(error);
    return problem(
      'round trip',
      said,
      'check HEAPLESS_STATE, and the right to read, write, list and delete below its prefix',
    );
  }
}
