import { toApiStatus } from './api-status.ts';
import type { ListPage } from './list-all.ts';

/** Items and token of a page in JSON, without those that `decode` leaves out, or what is wrong with it. Go writes an empty list as `null`. */
export function readJsonList<T>(document: unknown, decode: (item: unknown) => T | undefined): ListPage<T> | string {
  if (typeof document !== 'object' || document === null) return 'the answer is no Kubernetes list';
  const status = toApiStatus(document);
  if (status !== undefined) return `a 200 with a Status instead of a list: ${status.message.slice(0, 256)}`;
  const { items, metadata } = document as { readonly items?: unknown; readonly metadata?: unknown };
  if (items !== null && !Array.isArray(items)) return 'the answer is no Kubernetes list: it has no items';
  const token =
    typeof metadata === 'object' && metadata !== null
      ? (metadata as { readonly continue?: unknown }).continue
      : undefined;
  const decoded = (items ?? []).map(decode).filter((item) => item !== undefined);
  return { items: decoded, continue: typeof token === 'string' ? token : '' };
}
