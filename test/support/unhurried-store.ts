import type { ObjectStore } from '../../shared/state/object-store.ts';
import type { PatientClock } from './patient-clock.ts';

/** A store whose calls take no time by the clock, however slow the disk is. */
export function createUnhurriedStore(inner: ObjectStore, clock: PatientClock): ObjectStore {
  return {
    shown: inner.shown,
    get: (key, signal) => clock.during(() => inner.get(key, signal)),
    put: (key, body, condition, signal) => clock.during(() => inner.put(key, body, condition, signal)),
    delete: (key, version, signal) => clock.during(() => inner.delete(key, version, signal)),
    list: (prefix, signal) => clock.during(() => inner.list(prefix, signal)),
    close: () => inner.close(),
  };
}
