import type { Config } from '../config/config.ts';
import { type Millis, SECOND, type UnixMillis } from '../core/units.ts';

/** Kept back so that the report, the claim and the answer always fit; at most a tenth of the tick. */
const RESERVE: Millis = 2 * SECOND;
const RESERVE_SHARE = 0.1;
const LIST_SHARE = 0.15;
const SCRAPE_SHARE = 0.4;

/** When each part of a tick ends, as absolute times. Each is at most what the configuration allows. */
export interface TickTimes {
  readonly listBy: UnixMillis;
  readonly scrapeBy: UnixMillis;
  /** End of the shards, their own export included. */
  readonly shardsBy: UnixMillis;
  /** End of the reduction, its export included. */
  readonly reduceBy: UnixMillis;
  /** End of everything. */
  readonly endBy: UnixMillis;
}

/**
 * Divides what is left until `endBy`: up to 15 % for the lists, then up to 40 % for scraping, and the rest in halves for
 * the export of leaf rows and of totals. What one part does not need, the next ones have.
 */
export function tickTimes(now: UnixMillis, endBy: UnixMillis, config: Config): TickTimes {
  const left = Math.max(0, endBy - now);
  const usable = left - Math.min(RESERVE, left * RESERVE_SHARE);
  const listBy = now + Math.min(usable * LIST_SHARE, 10 * SECOND);
  const scrapeBy = listBy + Math.min(config.scrapeTimeout, usable * SCRAPE_SHARE);
  const exportShare = Math.max(0, now + usable - scrapeBy) / 2;
  const exportTime = Math.min(config.sinkExportDataTimeout + SECOND, exportShare);
  return { listBy, scrapeBy, shardsBy: scrapeBy + exportTime, reduceBy: scrapeBy + 2 * exportTime, endBy };
}

/** The end of the window that holds `at`'s last whole one: the stamp of a tick started at `at`. */
export function tickStamp(at: UnixMillis, resolution: Millis): UnixMillis {
  return Math.floor(at / resolution) * resolution;
}
