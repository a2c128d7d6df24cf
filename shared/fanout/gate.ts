import type { Millis } from '../core/units.ts';

/** Lets at most `limit` pieces of work run at once, first come, first served. */
export interface Gate {
  /** Runs `work` when a place is free. Rejects only if `work` does. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** How a gate opens that begins with few places. */
export interface Opening {
  /** Places at first, and again when all work is done. */
  readonly first: number;
  /** How often to ask whether there is room, while work waits. */
  readonly every: Millis;
  /** Begins to watch; returns what tells whether twice as many places would help. */
  watch(): () => boolean;
}

/** A gate with `limit` places (at least 1), or with as few of them as `opening` allows. */
export function createGate(limit: number, opening?: Opening): Gate {
  const most = Math.max(1, limit);
  const least = Math.min(most, opening?.first ?? most);
  const waiting: (() => void)[] = [];
  let places = least;
  let taken = 0;
  let timer: NodeJS.Timeout | undefined;

  const admit = (): void => {
    while (taken < places) {
      const next = waiting.shift();
      if (next === undefined) return;
      taken++;
      next();
    }
  };
  const endWatch = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  const beginWatch = ({ watch, every }: Opening): void => {
    if (timer !== undefined || places === most) return;
    const hasRoom = watch();
    const look = (): void => {
      if (waiting.length > 0 && hasRoom()) {
        places = Math.min(most, places * 2);
        admit();
      }
      if (waiting.length === 0 || places === most) endWatch();
    };
    timer = setInterval(look, every).unref();
  };

  return {
    async run(work) {
      if (taken < places) taken++;
      else {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          if (opening !== undefined) beginWatch(opening);
        });
      }
      try {
        return await work();
      } finally {
        taken--;
        admit();
        if (taken === 0) {
          endWatch();
          places = least;
        }
      }
    },
  };
}
