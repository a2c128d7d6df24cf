import { type HttpSim, type SimAnswer, type SimRequest, startHttpSim } from './http-sim.ts';

export interface IndexedDocument {
  readonly index: string;
  readonly type: string | undefined;
  readonly id: string;
  readonly source: Readonly<Record<string, unknown>>;
}

export interface ElasticsearchServer extends HttpSim {
  /** Every document that was indexed, in order; one that was sent twice is here twice. */
  readonly indexed: readonly IndexedDocument[];
  /** What a search finds: the last document of each index and id. */
  readonly found: ReadonlyMap<string, IndexedDocument>;
  /** Documents with such a text in a tag are refused for good. */
  refuse(text: string): void;
  /** The next documents that come are answered with 429. */
  busyFor(documents: number): void;
  /** What `GET /_nodes/http` tells. */
  publishAddresses: readonly string[];
  authorization: string | undefined;
  /** Major version: types are compulsory up to 6 and forbidden from 8 on. */
  version: number;
}

type Mapping = Map<string, string>;

/** The type that dynamic mapping gives a value; the text of the number decides between long and float. */
function typeOfValue(value: unknown, text: string): string {
  if (typeof value === 'number') return /[.e]/i.test(text) ? 'float' : 'long';
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT/.test(value) ? 'date' : 'text';
  return typeof value;
}

/** Fields of a document with their types: objects by dots, as Elasticsearch sees them. */
function fieldsOf(json: string): Mapping {
  const fields: Mapping = new Map();
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null) {
      fields.set(path, 'object');
      for (const [key, inner] of Object.entries(value)) walk(inner, path === '' ? key : `${path}.${key}`);
    } else fields.set(path, String(value));
  };
  const marked = JSON.parse(json.replaceAll(/":(-?[\d.]+(?:e[-+]?\d+)?)(?=[,}])/gi, '":"\\u0000$1"')) as unknown;
  walk(marked, '');
  for (const [path, text] of fields) {
    if (text === 'object') continue;
    const number = text.startsWith('\0') ? text.slice(1) : undefined;
    fields.set(path, number === undefined ? typeOfValue(text, text) : typeOfValue(Number(number), number));
  }
  return fields;
}

/** `_bulk` on loopback: action by action, with dynamic mapping, statuses per item, `filter_path`, ids that replace. */
export async function startElasticsearchServer(): Promise<ElasticsearchServer> {
  const indexed: IndexedDocument[] = [];
  const found = new Map<string, IndexedDocument>();
  const mappings = new Map<string, Mapping>();
  const poison = new Set<string>();
  let busy = 0;

  const indexOne = (action: string, source: string): { status: number; error?: { type: string; reason: string } } => {
    const { index } = JSON.parse(action) as { index?: { _index?: string; _type?: string; _id?: string } };
    const { _index: name, _type: type, _id: id } = index ?? {};
    const illegal = (reason: string) => ({ status: 400, error: { type: 'illegal_argument_exception', reason } });
    if (name === undefined || !/^[a-z0-9][a-z0-9._-]*$/.test(name)) return illegal(`Invalid index name [${name}]`);
    if (id === undefined || id === '' || Buffer.byteLength(id) > 512) return illegal('id is too long or missing');
    if (sim.version <= 6 && type === undefined) return illegal('type is missing');
    if (sim.version >= 8 && type !== undefined)
      return illegal('Action/metadata line contains an unknown parameter [_type]');
    if (busy > 0) {
      busy--;
      return {
        status: 429,
        error: { type: 'es_rejected_execution_exception', reason: 'rejected execution of coordinating operation' },
      };
    }
    const mapping = mappings.get(name) ?? new Map<string, string>();
    mappings.set(name, mapping);
    for (const [path, kind] of fieldsOf(source)) {
      const known = mapping.get(path);
      // A long takes no fraction without losing it; for us that is a fault, though the server would cut it in silence.
      if (known !== undefined && known !== kind) {
        return {
          status: 400,
          error: { type: 'mapper_parsing_exception', reason: `[${path}] is ${kind}, mapped as ${known}` },
        };
      }
      mapping.set(path, kind);
    }
    const document = { index: name, type, id, source: JSON.parse(source) as Record<string, unknown> };
    if ([...poison].some((text) => source.includes(JSON.stringify(text)))) {
      return { status: 400, error: { type: 'document_parsing_exception', reason: 'failed to parse' } };
    }
    const status = found.has(`${name}/${id}`) ? 200 : 201;
    indexed.push(document);
    found.set(`${name}/${id}`, document);
    return { status };
  };

  const bulk = (request: SimRequest): SimAnswer => {
    if (request.headers['content-type'] !== 'application/x-ndjson') return { status: 406, body: 'Content-Type' };
    const text = request.body.toString('utf8');
    if (!text.endsWith('\n')) return { status: 400, body: 'The bulk request must be terminated by a newline [\\n]' };
    const lines = text.slice(0, -1).split('\n');
    if (lines.length % 2 === 1) return { status: 400, body: 'Malformed action/metadata line' };
    const items = lines.flatMap((line, at) => (at % 2 === 0 ? [{ index: indexOne(line, lines[at + 1] ?? '') }] : []));
    const errors = items.some(({ index }) => index.error !== undefined);
    const filter = request.url.searchParams.get('filter_path') ?? '';
    const whole = filter.includes('items.*.status') ? {} : { took: 1 };
    return { status: 200, body: JSON.stringify({ ...whole, errors, items }) };
  };

  const http = await startHttpSim((request) => {
    const { method, url, headers } = request;
    if (sim.authorization !== undefined && headers.authorization !== sim.authorization) {
      return { status: 401, body: '{"error":{"type":"security_exception"}}' };
    }
    if (method === 'GET' && url.pathname === '/') return { status: 200, body: '{"tagline":"You Know, for Search"}' };
    if (method === 'GET' && url.pathname === '/_nodes/http') {
      const nodes = Object.fromEntries(
        sim.publishAddresses.map((address, at) => [`n${at}`, { http: { publish_address: address } }]),
      );
      return { status: 200, body: JSON.stringify({ nodes }) };
    }
    if (method !== 'POST' || url.pathname !== '/_bulk') return { status: 404, body: 'no handler found' };
    return bulk(request);
  });
  const sim: ElasticsearchServer = {
    url: http.url,
    requests: http.requests,
    get openSockets() {
      return http.openSockets;
    },
    fail: http.fail,
    failAlways: http.failAlways,
    indexed,
    found,
    refuse: (text) => {
      poison.add(text);
    },
    busyFor: (documents) => {
      busy = documents;
    },
    publishAddresses: [],
    authorization: undefined,
    version: 8,
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  };
  return sim;
}

/** Values of Heapster's documents, of families and general ones. */
export function valuesOf(
  document: IndexedDocument,
): readonly { metric: string; labels: Record<string, string>; value: number }[] {
  const { MetricsTags, Metrics, MetricsName, MetricsValue } = document.source as {
    readonly MetricsTags: Record<string, string>;
    readonly Metrics?: Record<string, { value: number }>;
    readonly MetricsName?: string;
    readonly MetricsValue?: { value: number };
  };
  if (Metrics === undefined)
    return [{ metric: MetricsName ?? '', labels: MetricsTags, value: MetricsValue?.value ?? Number.NaN }];
  return Object.entries(Metrics).map(([metric, { value }]) => ({ metric, labels: MetricsTags, value }));
}
