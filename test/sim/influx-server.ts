import { type HttpSim, type SimAnswer, type SimRequest, startHttpSim } from './http-sim.ts';
import { type InfluxField, LineRefusal, readInfluxLine } from './influx-lines.ts';

export interface InfluxServer extends HttpSim {
  /** Every field stored, in order; what was written twice is here twice. */
  readonly stored: readonly InfluxField[];
  /** Databases and the statements that made them. */
  readonly databases: ReadonlyMap<string, string>;
  /** `Authorization` that is taken; undefined = any. */
  authorization: string | undefined;
  /** Lines with such a tag value are refused for good. */
  refuse(tagValue: string): void;
  /** Largest body, after decompression. */
  maxBytes: number;
}

export interface InfluxServerOptions {
  /** Databases that are there; else they must be created. */
  readonly databases?: readonly string[];
}

/** InfluxDB's write APIs on loopback: line by line, types of fields for ever, partial writes in each version's words. */
export async function startInfluxServer(options: InfluxServerOptions = {}): Promise<InfluxServer> {
  const stored: InfluxField[] = [];
  const databases = new Map((options.databases ?? ['k8s']).map((name) => [name, '']));
  const types = new Map<string, string>();
  const poison = new Set<string>();

  const writeLines = (body: string): readonly string[] => {
    const refusals: string[] = [];
    for (const line of body.split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      try {
        const fields = readInfluxLine(line);
        for (const { measurement, field, type, tags } of fields) {
          const known = types.get(`${measurement} ${field}`) ?? type;
          if (known !== type) {
            throw new LineRefusal(
              `field type conflict: input field "${field}" on measurement "${measurement}" is type ${type}, already exists as type ${known}`,
            );
          }
          if (Object.values(tags).some((value) => poison.has(value)))
            throw new LineRefusal('points beyond retention policy');
        }
        for (const field of fields) types.set(`${field.measurement} ${field.field}`, field.type);
        stored.push(...fields);
      } catch (error) {
        if (!(error instanceof LineRefusal)) throw error;
        refusals.push(error.message);
      }
    }
    return refusals;
  };

  const write = (request: SimRequest, answer: (refusals: readonly string[], lines: number) => SimAnswer): SimAnswer => {
    if (request.body.length > sim.maxBytes) return { status: 413, body: '{"error":"Request Entity Too Large"}' };
    const text = request.body.toString('utf8');
    const refusals = writeLines(text);
    return refusals.length === 0 ? { status: 204 } : answer(refusals, text.split('\n').length - 1);
  };

  const serve = (request: SimRequest): SimAnswer => {
    const { url, headers, method } = request;
    if (sim.authorization !== undefined && headers.authorization !== sim.authorization) {
      return { status: 401, body: '{"error":"authorization failed"}' };
    }
    if (method !== 'POST') return { status: 405 };
    const parameter = (name: string): string => url.searchParams.get(name) ?? '';
    switch (url.pathname) {
      case '/query':
        return createDatabase(request.body.toString());
      case '/write':
        if (!databases.has(parameter('db'))) {
          return { status: 404, body: JSON.stringify({ error: `database not found: "${parameter('db')}"` }) };
        }
        if (parameter('rp') === 'nosuch')
          return { status: 500, body: '{"error":"retention policy not found: nosuch"}' };
        if (parameter('precision') !== 'ms') return { status: 400, body: '{"error":"precision"}' };
        return write(request, (refusals, lines) => ({
          status: 400,
          body: JSON.stringify({ error: sayV1(refusals, lines) }),
        }));
      case '/api/v2/write':
        if (parameter('org') === '' || parameter('bucket') === '' || parameter('precision') !== 'ms') {
          return { status: 404, body: '{"code":"not found","message":"bucket not found"}' };
        }
        return write(request, (refusals, lines) => ({
          status: 422,
          body: JSON.stringify({
            code: 'unprocessable entity',
            message: `failure writing points to database: ${sayV1(refusals, lines)}`,
          }),
        }));
      case '/api/v3/write_lp':
        if (parameter('precision') !== 'millisecond' || parameter('accept_partial') !== 'true') return { status: 400 };
        return write(request, (refusals) => ({
          status: 400,
          body: JSON.stringify({
            error: 'partial write of line protocol occurred',
            data: refusals.map((error_message, index) => ({
              original_line: '…',
              line_number: index + 1,
              error_message,
            })),
          }),
        }));
      default:
        return { status: 404, body: '404 page not found' };
    }
  };

  const createDatabase = (form: string): SimAnswer => {
    const statement = new URLSearchParams(form).get('q') ?? '';
    const name = /^CREATE DATABASE "((?:[^"\\]|\\.)+)" WITH DURATION (INF|(?:\d+[smhdw])+) NAME "default"$/.exec(
      statement,
    )?.[1];
    if (name === undefined)
      return { status: 400, body: JSON.stringify({ error: `error parsing query: ${statement}` }) };
    databases.set(name.replaceAll(/\\(.)/g, '$1'), statement);
    return { status: 200, body: '{"results":[{"statement_id":0}]}' };
  };

  const http = await startHttpSim(serve);
  const sim: InfluxServer = {
    url: http.url,
    requests: http.requests,
    get openSockets() {
      return http.openSockets;
    },
    fail: http.fail,
    failAlways: http.failAlways,
    stored,
    databases,
    authorization: undefined,
    refuse: (tagValue) => {
      poison.add(tagValue);
    },
    maxBytes: 25_000_000,
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  };
  return sim;
}

/** One refusal of parsing is told as it is; what storing drops is counted. */
function sayV1(refusals: readonly string[], lines: number): string {
  const unparsed = refusals.filter((text) => text.startsWith('unable to parse'));
  const dropped = refusals.filter((text) => !text.startsWith('unable to parse'));
  if (dropped.length > 0) return `partial write: ${dropped[0]} dropped=${dropped.length}`;
  return unparsed.length === lines ? unparsed.join('\n') : `partial write: ${unparsed.join('\n')} dropped=0`;
}
