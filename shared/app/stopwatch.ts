import type { Clock } from '../core/clock.ts';

/** Milliseconds by stage. A stage that runs twice adds up. */
export interface Stopwatch {
  time<T>(stage: string, work: () => Promise<T>): Promise<T>;
  add(stage: string, millis: number): void;
  stages(): Readonly<Record<string, number>>;
}

export function createStopwatch(clock: Clock): Stopwatch {
  const stages = new Map<string, number>();
  const add = (stage: string, millis: number): void => {
    stages.set(stage, (stages.get(stage) ?? 0) + millis);
  };
  return {
    add,
    async time(stage, work) {
      const start = clock.now();
      try {
        return await work();
      } finally {
        add(stage, clock.now() - start);
      }
    },
    stages: () => Object.fromEntries([...stages].map(([stage, millis]) => [stage, Math.round(millis * 100) / 100])),
  };
}
