import { type Answer, badRequest, jsonAnswer, statusAnswer } from './answer.ts';
import type { Block } from './stats-blocks.ts';

export interface ListItem {
  /** `namespace/name`, or the name of what has no namespace: the order of lists. */
  readonly key: string;
  /** Made only for items of the page. */
  readonly object: () => Block;
  /** Fields that a field selector may ask for. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface ListSource {
  readonly resource: string;
  /** `NodeList`, … */
  readonly kind: string;
  readonly items: readonly ListItem[];
  readonly version: number;
  /** Continue tokens of older versions are expired. */
  readonly compacted: number;
  readonly pagesFromCache: boolean;
}

/** What the simulator understands. A real server ignores the rest; this one refuses it, so that a typo shows. */
const PARAMETERS: ReadonlySet<string> = new Set([
  'limit',
  'continue',
  'fieldSelector',
  'resourceVersion',
  'timeoutSeconds',
]);
const EXPIRED =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the ' +
  'continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing ' +
  'with the provided token results in an inconsistent list - objects that were created, modified, or deleted between ' +
  'the time the first chunk was returned and now may show up in the list.';

interface Token {
  readonly rv: number;
  readonly start: string;
}

/** A list as the API server gives it: paged, selected by field, as metadata only if the client accepts that first. */
export function listAnswer(source: ListSource, query: URLSearchParams, accept: string): Answer {
  const unknown = [...query.keys()].find((key) => !PARAMETERS.has(key));
  if (unknown !== undefined) return badRequest(`the demo API server does not know the query parameter "${unknown}"`);
  const limitText = query.get('limit') ?? '0';
  if (!/^\d+$/.test(limitText)) return badRequest(`strconv.ParseInt: parsing "${limitText}": invalid syntax`);
  const version = query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(version))
    return badRequest(
      `resourceVersion: Invalid value: "${version}": strconv.ParseUint: parsing "${version}": invalid syntax`,
    );
  const continued = query.get('continue') ?? '';
  if (continued !== '' && version !== '' && version !== '0') {
    return badRequest('specifying resource version is not allowed when using continue');
  }
  const token = continued === '' ? undefined : readToken(continued);
  if (typeof token === 'string') return badRequest(`invalid continue token: continue key is not valid: ${token}`);
  if (token !== undefined && token.rv >= 0 && token.rv < source.compacted) {
    const metadata = { continue: writeToken({ rv: -1, start: token.start }) };
    return statusAnswer(410, EXPIRED, { reason: 'Expired', metadata });
  }
  const selector = query.get('fieldSelector') ?? '';
  const selected = select(source, selector);
  if (typeof selected === 'string') return badRequest(selected);

  const ordered = [...selected].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const from = token === undefined ? 0 : ordered.findIndex((item) => `${item.key}\u0000` > token.start);
  const rest = from < 0 ? [] : ordered.slice(from);
  const fromCache = version === '0' && continued === '' && !source.pagesFromCache;
  const limit = fromCache || limitText === '0' ? rest.length : Number(limitText);
  const page = rest.slice(0, limit);
  const more = rest.length - page.length;
  const rv = token === undefined || token.rv < 0 ? source.version : token.rv;
  const metadata = {
    resourceVersion: String(rv),
    ...(more > 0 && { continue: writeToken({ rv, start: `${page.at(-1)?.key ?? ''}\u0000` }) }),
    ...(more > 0 && selector === '' && { remainingItemCount: more }),
  };
  return render(source, { metadata, items: page.map((item) => item.object()), partial: wantsMetadataOnly(accept) });
}

function render(
  source: ListSource,
  list: { readonly metadata: Block; readonly items: readonly Block[]; readonly partial: boolean },
): Answer {
  const { metadata, items, partial } = list;
  const document = partial
    ? {
        kind: 'PartialObjectMetadataList',
        apiVersion: 'meta.k8s.io/v1',
        metadata,
        items: items.map((item) => ({
          kind: 'PartialObjectMetadata',
          apiVersion: 'meta.k8s.io/v1',
          metadata: item['metadata'],
        })),
      }
    : { kind: source.kind, apiVersion: 'v1', metadata, items };
  return jsonAnswer(`${JSON.stringify(document)}\n`, { chunked: true, mayPack: true });
}

/** The first media type that the server can serve wins. */
function wantsMetadataOnly(accept: string): boolean {
  const first = accept.split(',').find((type) => /^\s*application\/json/.test(type)) ?? '';
  return /as=PartialObjectMetadataList/.test(first) && /g=meta\.k8s\.io/.test(first);
}

function select(source: ListSource, selector: string): readonly ListItem[] | string {
  if (selector === '') return source.items;
  const [, field = '', value = ''] = /^([^=!,]+)==?([^,]*)$/.exec(selector) ?? [];
  if (field === '') return `invalid selector: '${selector}'; can't understand '${selector}'`;
  const known = field in (source.items[0]?.fields ?? { [field]: '' });
  return known ? source.items.filter((item) => item.fields[field] === value) : `field label not supported: ${field}`;
}

/** Source: k8s.io/apiserver storage continue token: base64url of `{"v":"meta.k8s.io/v1","rv":…,"start":"…"}`. */
function writeToken(token: Token): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', ...token })).toString('base64url');
}

/** The token, or what is wrong with it in Go's words. */
function readToken(text: string): Token | string {
  const decoded = Buffer.from(text, 'base64url').toString('latin1');
  try {
    const value: unknown = JSON.parse(decoded);
    if (typeof value === 'object' && value !== null && 'rv' in value && 'start' in value) {
      const { rv, start } = value;
      if (typeof rv === 'number' && typeof start === 'string') return { rv, start };
    }
    return 'continue token is missing a field';
  } catch {
    return `invalid character '${decoded[0] ?? ' '}' looking for beginning of value`;
  }
}
