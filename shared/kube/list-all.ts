import { toApiStatus } from './api-status.ts';
import type { Failure } from './classify.ts';
import type { KubeResult } from './client.ts';
import type { ObjectMeta } from './types.ts';

/** One page as it came: its JSON, its size on the wire and unpacked. */
export type PageResult =
  | { readonly status: 'ok'; readonly document: unknown; readonly bytes: number; readonly size: number }
  | (Failure & {
      /** Status code of the answer, if there was one: 410 and 400 say that `continue` is of no use. */
      readonly code?: number;
      /** With 410: a token that continues an inconsistent list. */
      readonly freshContinue?: string;
    });

export interface ListSettings<T extends Named> {
  /** Path and query of the list, without paging. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly pageSize: number;
  /** Most bytes of all pages together, unpacked. */
  readonly maxBytes: number;
  readonly decode: (item: unknown) => T;
  readonly fetchPage: (path: string, maxBytes: number) => Promise<PageResult>;
}

interface Named {
  readonly metadata?: ObjectMeta;
}

/** A list is begun anew, or goes on inconsistently, at most this often. */
const MAX_INTERRUPTIONS = 3;

/**
 * All items of a list. The first page is asked for from the watch cache (`resourceVersion=0`; servers may ignore the
 * limit then and send everything). After a compaction (410) it goes on with the server's fresh token, later items
 * winning; a token that is refused (400, or 410 without a fresh one) begins the list anew, once.
 */
export async function listAll<T extends Named>(settings: ListSettings<T>): Promise<KubeResult<readonly T[]>> {
  const { query, pageSize, decode } = settings;
  const items = new Map<string, T>();
  const seen = new Set<string>();
  let bytes = 0;
  let size = 0;
  let restarted = false;
  let interruptions = 0;
  let next = '';
  for (;;) {
    const paging: Record<string, string> = next === '' ? { resourceVersion: '0' } : { continue: next };
    const search = new URLSearchParams({ ...query, limit: String(pageSize), ...paging });
    const page = await settings.fetchPage(`${settings.path}?${search}`, settings.maxBytes - size);
    if (page.status === 'failed') {
      const fresh = page.freshContinue ?? '';
      const mayGoOn = next !== '' && (page.code === 410 || page.code === 400) && ++interruptions <= MAX_INTERRUPTIONS;
      if (mayGoOn && fresh !== '' && !seen.has(fresh)) next = fresh;
      else if (mayGoOn && !restarted) {
        restarted = true;
        next = '';
        items.clear();
        seen.clear();
      } else return { status: 'failed', reason: page.reason, message: page.message };
      continue;
    }
    bytes += page.bytes;
    size += page.size;
    const list = readList(page.document);
    if (typeof list === 'string') return { status: 'failed', reason: 'invalid', message: list };
    for (const value of list.items) {
      const item = decode(value);
      // An inconsistent list may show one twice.
      items.set(keyOf(item) ?? `#${items.size}`, item);
    }
    next = list.continue;
    if (next === '') return { status: 'ok', value: [...items.values()], bytes };
    if (seen.has(next))
      return {
        status: 'failed',
        reason: 'invalid',
        message: 'the list goes in circles: the same continue token came twice',
      };
    seen.add(next);
  }
}

function keyOf({ metadata }: Named): string | undefined {
  return metadata?.name === undefined ? undefined : `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Items and token of a page, or what is wrong with it. Go writes an empty list as `null`. */
function readList(document: unknown): { readonly items: readonly unknown[]; readonly continue: string } | string {
  if (typeof document !== 'object' || document === null) return 'the answer is no Kubernetes list';
  const status = toApiStatus(document);
  if (status !== undefined) return `a 200 with a Status instead of a list: ${status.message.slice(0, 256)}`;
  const { items, metadata } = document as { readonly items?: unknown; readonly metadata?: unknown };
  if (items !== null && !Array.isArray(items)) return 'the answer is no Kubernetes list: it has no items';
  const token =
    typeof metadata === 'object' && metadata !== null
      ? (metadata as { readonly continue?: unknown }).continue
      : undefined;
  return { items: items ?? [], continue: typeof token === 'string' ? token : '' };
}
