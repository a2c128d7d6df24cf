/** The schedule of a timer as its host keeps it: when it last ran, and when it is due. ISO times. */
export interface ScheduleStatus {
  readonly Last: string;
  readonly Next: string;
  readonly LastUpdated: string;
}

const NEVER = '0001-01-01T00:00:00';
const MINUTE = 60_000;

/**
 * One timer of the host: a singleton, whose status is written after each run. The function is given the status from before
 * its run. Only schedules of every minute or every so many minutes are understood here.
 */
export class AzureTimer {
  readonly #step: number;
  #status: ScheduleStatus;

  constructor(schedule: string, now: number) {
    const [, minutes] = /^0 \*(?:\/(\d+))? \* \* \* \*$/.exec(schedule) ?? [];
    if (!/^0 \*(\/\d+)? \* \* \* \*$/.test(schedule)) throw new Error(`schedule ${schedule} is not understood here`);
    this.#step = Number(minutes ?? 1) * MINUTE;
    this.#status = { Last: NEVER, Next: this.#after(now), LastUpdated: NEVER };
  }

  /** What the function is given when its time has come. Times before that, which a running host would have run, are past. */
  due(now: number): { readonly at: number; readonly json: string } {
    for (let next = this.#next(); next + this.#step <= now; next = this.#next()) this.ran(next);
    const at = this.#next();
    return { at, json: this.json(this.#status, now - at > MINUTE / 2) };
  }

  /** The timer's value, as the host writes it. */
  json(status: ScheduleStatus | undefined, isPastDue: boolean): string {
    return JSON.stringify({
      Schedule: { AdjustForDST: true },
      ...(status === undefined ? {} : { ScheduleStatus: status }),
      IsPastDue: isPastDue,
    });
  }

  /** After a run that was started at `at`. */
  ran(at: number): void {
    const started = Math.max(at, this.#next());
    const last = new Date(started).toISOString();
    this.#status = { Last: last, Next: this.#after(started), LastUpdated: last };
  }

  get status(): ScheduleStatus {
    return this.#status;
  }

  #next(): number {
    return Date.parse(this.#status.Next);
  }

  #after(now: number): string {
    return new Date(Math.floor(now / this.#step) * this.#step + this.#step).toISOString();
  }
}
