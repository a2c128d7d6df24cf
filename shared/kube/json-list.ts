import { toApiStatus } from './api-status.ts';
import type { ListPage } from './list-all.ts';

/** Items and token of a page in JSON, or what is wrong with it. Go writes an empty list as `null`. */
export function readJsonList<T>(document: unknown, decode: (item: unknown) => T): ListPage<T> | string {
  if (typeof document !== 'object' || document === null) return 'the answer is no Kubernetes list';
  const status = toApiStatus(document);
  if (status !== undefined) return `a 200 with a Status instead of a list: ${status.message.slice(0, 256)}`;
  const { items, metadata } = document as { readonly items?: unknown; readonly metadata?: unknown };
  if (items !== null && !Array.isArray(items)) return 'the answer is no Kubernetes list: it has no items';
  const token =
    typeof metadata === 'object' && metadata !== null
      ? (metadata as { readonly continue?: unknown }).continue
      : undefined;
  return { items: (items ?? []).map(decode), continue: typeof token === 'string' ? token : '' };
}
