import { toQueryString } from '../core/query-string.ts';
import type { Failure } from './classify.ts';
import type { KubeResult } from './client.ts';
import type { ObjectMeta } from './types.ts';

/** Items of a page, and the token that the next page is asked with; empty after the last one. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly continue: string;
}

/** One page as it came, its size on the wire and unpacked; or why there is none. */
export type PageResult<T> =
  | { readonly status: 'ok'; readonly page: ListPage<T>; readonly bytes: number; readonly size: number }
  | (Failure & {
      /** Status code of the answer, if there was one: 410 and 400 say that `continue` is of no use. */
      readonly code?: number;
      /** With 410: a token that continues an inconsistent list. */
      readonly freshContinue?: string;
    });

export interface ListSettings<T> {
  /** Path and query of the list, without paging. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly pageSize: number;
  /** Most bytes of all pages together, unpacked. */
  readonly maxBytes: number;
  /** What tells an item from others; undefined if it has no name. */
  readonly keyOf: (item: T) => string | undefined;
  readonly fetchPage: (path: string, maxBytes: number) => Promise<PageResult<T>>;
}

/** Most items of a list, ten times what a cluster may have by Kubernetes' own limits; what says more is no API server. */
export const MAX_LIST_ITEMS = 1_500_000;

/** A list is begun anew, or goes on inconsistently, at most this often. */
const MAX_INTERRUPTIONS = 3;

/**
 * All items of a list. The first page is asked for from the watch cache (`resourceVersion=0`; servers may ignore the
 * limit then and send everything). After a compaction (410) it goes on with the server's fresh token, later items
 * winning; a token that is refused (400, or 410 without a fresh one) begins the list anew, once.
 */
export async function listAll<T>(settings: ListSettings<T>): Promise<KubeResult<readonly T[]>> {
  const { query, pageSize } = settings;
  let items: T[] = [];
  const seen = new Set<string>();
  let bytes = 0;
  let size = 0;
  let restarted = false;
  let isInconsistent = false;
  let interruptions = 0;
  let next = '';
  for (;;) {
    const paging: Record<string, string> = next === '' ? { resourceVersion: '0' } : { continue: next };
    const path = `${settings.path}?${toQueryString({ ...query, limit: pageSize, ...paging })}`;
    const answer = await settings.fetchPage(path, settings.maxBytes - size);
    if (answer.status === 'failed') {
      const fresh = answer.freshContinue ?? '';
      const mayGoOn =
        next !== '' && (answer.code === 410 || answer.code === 400) && ++interruptions <= MAX_INTERRUPTIONS;
      if (mayGoOn && fresh !== '' && !seen.has(fresh)) {
        next = fresh;
        isInconsistent = true;
      } else if (mayGoOn && !restarted) {
        restarted = true;
        isInconsistent = false;
        next = '';
        items = [];
        seen.clear();
      } else return { status: 'failed', reason: answer.reason, message: answer.message };
      continue;
    }
    bytes += answer.bytes;
    size += answer.size;
    const { page } = answer;
    for (const item of page.items) items.push(item);
    next = page.continue;
    // The pages of a consistent list have each item once.
    if (next === '') return { status: 'ok', value: isInconsistent ? lastOfEach(items, settings.keyOf) : items, bytes };
    if (seen.has(next))
      return {
        status: 'failed',
        reason: 'invalid',
        message: 'the list goes in circles: the same continue token came twice',
      };
    seen.add(next);
  }
}

/** Items of one key once: as it came last. */
function lastOfEach<T>(items: readonly T[], keyOf: ListSettings<T>['keyOf']): readonly T[] {
  return [...new Map(items.map((item, at) => [keyOf(item) ?? `#${at}`, item])).values()];
}

/** Namespace and name of an object. */
export function keyOfObject({ metadata }: { readonly metadata?: ObjectMeta }): string | undefined {
  return metadata?.name === undefined ? undefined : `${metadata.namespace ?? ''}/${metadata.name}`;
}
