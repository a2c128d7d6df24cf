/** Bounds what is in flight at once; first come, first served. */
export interface Limiter {
  /** Takes a place, waiting for it if need be. False if the signal aborted first: then no place was taken. */
  acquire(signal: AbortSignal): Promise<boolean>;
  /** Gives a place back: to the one that has waited longest, if there is one. */
  release(): void;
  /** Most places that were taken at once. */
  peak(): number;
}

interface Waiter {
  readonly grant: () => void;
  next: Waiter | undefined;
  gone: boolean;
}

/** A limiter with `places` places. Waiting costs one listener; leaving the queue costs no search in it. */
export function createLimiter(places: number): Limiter {
  let taken = 0;
  let peak = 0;
  let first: Waiter | undefined;
  let last: Waiter | undefined;

  const take = (): void => {
    taken++;
    if (taken > peak) peak = taken;
  };

  return {
    acquire(signal) {
      if (signal.aborted) return Promise.resolve(false);
      if (taken < places) {
        take();
        return Promise.resolve(true);
      }
      return new Promise((resolve) => {
        const leave = (): void => {
          waiter.gone = true;
          resolve(false);
        };
        const grant = (): void => {
          signal.removeEventListener('abort', leave);
          resolve(true);
        };
        const waiter: Waiter = { grant, next: undefined, gone: false };
        signal.addEventListener('abort', leave, { once: true });
        if (last === undefined) first = waiter;
        else last.next = waiter;
        last = waiter;
      });
    },
    release() {
      taken--;
      while (first !== undefined) {
        const waiter = first;
        first = waiter.next;
        if (first === undefined) last = undefined;
        if (waiter.gone) continue;
        take();
        waiter.grant();
        return;
      }
    },
    peak: () => peak,
  };
}
