import type { Config } from '../config/config.ts';
import { type Millis, SECOND, type UnixMillis } from '../core/units.ts';

/** Kept back so that the tick's own numbers, the report, the claim and the answer always fit; at most a tenth of the tick. */
const RESERVE: Millis = 4 * SECOND;
const RESERVE_SHARE = 0.1;
/** After an export: what was not taken is stored, and the shard answers. */
const BOOKKEEPING: Millis = 4 * SECOND;
/** Between the end of a shard's or the reduction's own work and the moment when it is waited for no more. */
const ANSWERING: Millis = SECOND;
const ANSWERING_SHARE = 0.1;
const CLAIM_SHARE = 0.1;
const MOST_FOR_CLAIM: Millis = 5 * SECOND;
const LIST_SHARE = 0.4;
const MOST_FOR_LISTS: Millis = 10 * SECOND;
const SCRAPE_SHARE = 0.5;

/** When each part of a tick ends, as absolute times. Each is at most what the configuration allows. */
export interface TickTimes {
  readonly scrapeBy: UnixMillis;
  /** End of the work of each shard, its own export included. */
  readonly shardBy: UnixMillis;
  /** When a shard's answer is waited for no more. */
  readonly shardsBy: UnixMillis;
  /** End of the work of the reduction, its export included. */
  readonly reduceBy: UnixMillis;
  /** When the answer of the reduction is waited for no more. */
  readonly reducedBy: UnixMillis;
}

function usableMillis(now: UnixMillis, endBy: UnixMillis): Millis {
  const left = Math.max(0, endBy - now);
  return left - Math.min(RESERVE, left * RESERVE_SHARE);
}

/** End of the claim: at most 5 s, and a tenth of what is left. */
export function claimBy(now: UnixMillis, endBy: UnixMillis): UnixMillis {
  return now + Math.min(MOST_FOR_CLAIM, usableMillis(now, endBy) * CLAIM_SHARE);
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
  const shardsBy = scrapeBy + exporting;
  const reducedBy = shardsBy + exporting;
  const answering = Math.min(ANSWERING, exporting * ANSWERING_SHARE);
  return { scrapeBy, shardBy: shardsBy - answering, shardsBy, reduceBy: reducedBy - answering, reducedBy };
}

/** The end of the last whole window before `at`: the stamp of a tick started at `at`. */
export function tickStamp(at: UnixMillis, resolution: Millis): UnixMillis {
  return Math.floor(at / resolution) * resolution;
}
