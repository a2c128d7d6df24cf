import type { Config } from '../config/config.ts';
import { type Millis, SECOND, type UnixMillis } from '../core/units.ts';

/** Kept back so that the tick's own numbers, the report, the claim and the answer always fit; at most a tenth of the tick. */
const RESERVE: Millis = 4 * SECOND;
const RESERVE_SHARE = 0.1;
/** After an export: what was not taken is stored, and the shard answers. */
const BOOKKEEPING: Millis = 4 * SECOND;
const LIST_SHARE = 0.4;
const MOST_FOR_LISTS: Millis = 10 * SECOND;
const SCRAPE_SHARE = 0.5;

/** When each part of a tick ends, as absolute times. Each is at most what the configuration allows. */
export interface TickTimes {
  readonly scrapeBy: UnixMillis;
  /** End of the shards, their own export included. */
  readonly shardsBy: UnixMillis;
  /** End of the reduction, its export included. */
  readonly reduceBy: UnixMillis;
}

function usableMillis(now: UnixMillis, endBy: UnixMillis): Millis {
  const left = Math.max(0, endBy - now);
  return left - Math.min(RESERVE, left * RESERVE_SHARE);
}

/** End of the lists: at most 10 s, and 40 % of what is left. */
export function listBy(now: UnixMillis, endBy: UnixMillis): UnixMillis {
  return now + Math.min(MOST_FOR_LISTS, usableMillis(now, endBy) * LIST_SHARE);
}

/**
 * Divides what the lists left until `endBy`: up to a half for scraping, and the rest in halves for the export of leaf rows
 * and of totals.
 */
export function tickTimes(now: UnixMillis, endBy: UnixMillis, config: Config): TickTimes {
  const usable = usableMillis(now, endBy);
  const scraping = Math.min(config.scrapeTimeout, usable * SCRAPE_SHARE);
  const exporting = Math.min(config.sinkExportDataTimeout + BOOKKEEPING, (usable - scraping) / 2);
  const scrapeBy = now + scraping;
  return { scrapeBy, shardsBy: scrapeBy + exporting, reduceBy: scrapeBy + 2 * exporting };
}

/** The end of the last whole window before `at`: the stamp of a tick started at `at`. */
export function tickStamp(at: UnixMillis, resolution: Millis): UnixMillis {
  return Math.floor(at / resolution) * resolution;
}
