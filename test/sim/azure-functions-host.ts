import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type CoreModule,
  type RegisteredFunction,
  supplyFunctionsCore,
  type TypedData,
} from './azure-functions-core.ts';
import { AzureTimer } from './azure-timer.ts';

/**
 * A small host of Azure Functions: `node azure-functions-host.ts FOLDER`. It reads the folder as it is deployed (host.json,
 * package.json, its `main`), lets the real `@azure/functions` register in the code, indexes the bindings as strictly as the
 * host does, serves HTTP triggers, and fires timers when it is told to. As the host does, it ends the whole worker when a
 * function runs longer than `functionTimeout`, answers 500 without a body for one that throws, and takes no larger body
 * than its limit. https://learn.microsoft.com/azure/azure-functions/functions-host-json, read 2026-11-24
 */
const folder = process.argv[2] ?? '.';
/** FUNCTIONS_REQUEST_BODY_SIZE_LIMIT of the host. */
const MOST_BYTES = Number(process.env['FUNCTIONS_REQUEST_BODY_SIZE_LIMIT'] ?? 104_857_600);
const MASTER_KEY = 'master';

interface HostFile {
  readonly version: string;
  readonly functionTimeout: string;
  readonly extensions?: { readonly http?: { readonly routePrefix?: string } };
}

// The calendar of this process can be moved, or stand still, so that minutes pass as fast as their runs do; timers stay real.
const realNow = Date.now;
let ahead = Number(process.env['HOST_AHEAD'] ?? 0);
let still = process.env['HOST_STILL'] === undefined ? undefined : Number(process.env['HOST_STILL']);
Date.now = () => still ?? realNow() + ahead;

const host = readJson<HostFile>('host.json');
if (host.version !== '2.0') throw new Error('host.json: version must be "2.0"');
const timeout = millisOf(process.env['AzureFunctionsJobHost__functionTimeout'] ?? host.functionTimeout);
const prefix = `/${host.extensions?.http?.routePrefix ?? 'api'}/`;
const core: CoreModule = supplyFunctionsCore((level, category, message) => say({ level, category, message }));

await import(pathToFileURL(join(folder, readJson<{ readonly main: string }>('package.json').main)).href);
const model = core.model;
if (model === undefined) throw new Error('the code set no programming model: @azure/functions was not loaded');
await model.getCapabilities({});
core.lock();
const timers = new Map<string, AzureTimer>();
for (const one of core.functions.values()) index(one);
let timersDone: Promise<unknown> = Promise.resolve();

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    say({ level: 'error', category: 'host', message: String(error) });
    response.writeHead(500).end();
  });
});
server.listen(Number(process.env['HOST_PORT'] ?? 0), '127.0.0.1', () => {
  say({ level: 'info', category: 'host', message: `listens on ${(server.address() as AddressInfo).port}` });
});
process.once('SIGTERM', () => process.exit(0));

/** Refuses what the host would not index. */
function index({ name, bindings }: RegisteredFunction): void {
  if (!/^[A-Za-z][\w-]{0,127}$/.test(name)) throw new Error(`function name ${name} is not allowed`);
  const triggers = Object.values(bindings).filter(({ type }) => /trigger$/i.test(type));
  const [trigger] = triggers;
  if (trigger === undefined || triggers.length > 1) throw new Error(`function ${name} must have one trigger`);
  if (trigger.type === 'timerTrigger') {
    timers.set(name, new AzureTimer(settingOf(trigger.schedule ?? ''), Date.now()));
  } else if (trigger.type === 'httpTrigger') {
    if (!['anonymous', 'function', 'admin'].includes(trigger.authLevel ?? '')) {
      throw new Error(`function ${name}: authLevel ${trigger.authLevel} is not known`);
    }
    if (bindings['$return']?.type !== 'http') throw new Error(`function ${name} has no HTTP answer`);
  } else throw new Error(`function ${name}: trigger ${trigger.type} needs an extension that host.json does not load`);
}

/** `%NAME%` is an app setting. */
function settingOf(text: string): string {
  return text.replaceAll(/%(\w+)%/g, (_, name: string) => {
    const value = process.env[name];
    if (value === undefined) throw new Error(`'%${name}%' does not resolve to a value`);
    return value;
  });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const body = await bodyOf(request);
  if (url.pathname.startsWith('/admin/') || url.pathname.startsWith('/sim/')) {
    if (request.headers['x-functions-key'] !== MASTER_KEY) return void response.writeHead(401).end();
    const found = await control(url.pathname, body?.toString() ?? '');
    return void response.writeHead(found === undefined ? 404 : 200).end(JSON.stringify(found));
  }
  const route = url.pathname.startsWith(prefix) ? url.pathname.slice(prefix.length) : undefined;
  const http = [...core.functions.values()]
    .map((one) => ({ one, trigger: Object.entries(one.bindings).find(([, { type }]) => type === 'httpTrigger') }))
    .find(({ one, trigger }) => trigger !== undefined && (trigger[1].route ?? one.name) === route);
  if (http?.trigger === undefined) return void response.writeHead(404).end();
  const [bindingName, trigger] = http.trigger;
  if (!(trigger.methods ?? ['GET', 'POST']).includes(request.method ?? '')) return void response.writeHead(404).end();
  if (trigger.authLevel !== 'anonymous' && request.headers['x-functions-key'] !== MASTER_KEY) {
    return void response.writeHead(401).end();
  }
  if (body === undefined) return void response.writeHead(413).end();
  const nullable = (map: Iterable<[string, unknown]>): Record<string, { readonly value: string }> =>
    Object.fromEntries([...map].map(([key, value]) => [key, { value: String(value) }]));
  const outcome = await invoke(http.one, bindingName, {
    http: {
      method: request.method,
      url: url.href,
      nullableHeaders: nullable(Object.entries(request.headers)),
      nullableQuery: nullable(url.searchParams),
      nullableParams: {},
      body: { bytes: body },
    },
  });
  const given = outcome.value?.http as
    | {
        readonly statusCode: string;
        readonly headers: Record<string, string>;
        readonly body?: { readonly bytes: Uint8Array };
      }
    | undefined;
  if (outcome.error !== undefined || given === undefined) return void response.writeHead(500).end();
  response.writeHead(Number(given.statusCode), given.headers).end(given.body?.bytes);
}

/** What the host tells of itself, and what a test tells it to do. */
async function control(path: string, body: string): Promise<unknown> {
  if (path === '/sim/clock') {
    const set = JSON.parse(body) as { readonly ahead?: number; readonly still?: number };
    ahead = set.ahead ?? ahead;
    still = set.still;
    return Date.now();
  }
  if (path === '/admin/functions') return [...core.functions.values()].map(({ callback: _, ...shown }) => shown);
  const [, kind, name = ''] = /^\/(admin\/functions|sim\/timers)\/([\w-]+)$/.exec(path) ?? [];
  const timer = timers.get(name);
  if (timer === undefined) return undefined;
  const given = body === '' ? {} : (JSON.parse(body) as { readonly value?: unknown });
  // Singleton: a timer never runs beside itself.
  const run = timersDone.then(() => {
    if ('value' in given) return fire(name, JSON.stringify(given.value));
    // Started by hand: the status as it is, and no change of it.
    if (kind === 'admin/functions') return fire(name, timer.json(timer.status, false));
    return scheduled(name, timer, Date.now());
  });
  timersDone = run.catch(() => undefined);
  return await run;
}

async function scheduled(name: string, timer: AzureTimer, now: number): Promise<unknown> {
  const outcome = await fire(name, timer.due(now).json);
  timer.ran(now);
  return outcome;
}

async function fire(name: string, json: string): Promise<unknown> {
  const one = core.functions.get(name);
  if (one === undefined) throw new Error(`no function ${name}`);
  const [bindingName = ''] = Object.entries(one.bindings).find(([, { type }]) => type === 'timerTrigger') ?? [];
  const { value, error } = await invoke(one, bindingName, { json });
  return { error, result: value?.json === undefined ? undefined : JSON.parse(value.json) };
}

async function invoke(
  one: RegisteredFunction,
  bindingName: string,
  data: TypedData,
): Promise<{ readonly value?: TypedData | undefined; readonly error?: string }> {
  const invocationId = randomUUID();
  const log = (level: string, category: string, message: string): void =>
    say({ level, category, message, function: one.name, invocation: invocationId });
  const metadata = { name: one.name, bindings: one.bindings };
  const request = { invocationId, inputData: [{ name: bindingName, data }], triggerMetadata: {}, traceContext: {} };
  const invocation = model?.getInvocationModel({ invocationId, metadata, request, log, state: 'invocation' });
  if (invocation === undefined) throw new Error('no programming model');
  log('info', 'host', `Executing '${one.name}'`);
  const over = setTimeout(() => {
    log('error', 'host', `Timeout value of ${timeout / 1_000} s exceeded by function ${one.name}`);
    process.exit(1);
  }, timeout);
  try {
    const { context, inputs } = await invocation.getArguments();
    const result = await invocation.invokeFunction(context, inputs, one.callback);
    return { value: (await invocation.getResponse(context, result)).returnValue ?? undefined };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    log('error', 'host', `Executed '${one.name}' (Failed): ${message}`);
    return { error: message };
  } finally {
    clearTimeout(over);
  }
}

/** The body; undefined if it is larger than the host takes. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MOST_BYTES) chunks.push(chunk);
  }
  return bytes > MOST_BYTES ? undefined : Buffer.concat(chunks);
}

function millisOf(text: string): number {
  const [, hours, minutes, seconds] = /^(\d+):(\d\d):(\d\d)$/.exec(text) ?? [];
  if (seconds === undefined) throw new Error(`host.json: functionTimeout ${text} is no time`);
  return (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000;
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
}

function say(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
