import { ConfigError, type ConfigProblem } from '../../shared/core/errors.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Who may call the HTTP functions, and for whom the token must be made. */
export interface CallerSettings {
  /** Directory (tenant) that issues the tokens. */
  readonly tenant: string;
  /** The app registration that stands for this app: `api://…`. */
  readonly audience: string;
  /** Object or client ids of the identities that may call, in lower case. */
  readonly callers: readonly string[];
  /** Where Entra's keys are: `https://login.microsoftonline.com`, or that of another cloud of Azure. */
  readonly authority: URL;
}

/** What the app settings say beside the configuration that every platform has. */
export interface AppSettings {
  readonly state: string;
  /** This app's HTTP functions and whom tokens for them are made for; undefined = all is done in the tick's process. */
  readonly functions: { readonly url: URL; readonly audience: string } | undefined;
  readonly vault: URL | undefined;
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads the settings of the runtime. Throws `ConfigError` with every problem at once. */
export function readAppSettings(env: Env): AppSettings {
  const problems: ConfigProblem[] = [];
  const state = env['HEAPLESS_STATE'] ?? '';
  if (state === '') {
    const problem =
      'is not set; write azblob://ACCOUNT/CONTAINER/PREFIX, because an instance of a function forgets what it had';
    problems.push({ where: 'HEAPLESS_STATE', problem });
  }
  const url = readUrl(env, 'HEAPLESS_AZURE_URL', ['https:', 'http:'], problems);
  const vault = readUrl(env, 'HEAPLESS_AZURE_KEY_VAULT', ['https:'], problems);
  if (url !== undefined) problems.push(...callerProblems(env));
  if (url?.protocol === 'http:' && !isLoopback(url)) {
    const problem = `must be https://, because a token is sent there, got ${show(url.href)}`;
    problems.push({ where: 'HEAPLESS_AZURE_URL', problem });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const functions = url === undefined ? undefined : { url, audience: env['HEAPLESS_AZURE_AUDIENCE'] ?? '' };
  return { state, functions, vault };
}

/** Reads who may call. Throws `ConfigError` with every problem at once: without these settings nobody may. */
export function readCallerSettings(env: Env): CallerSettings {
  const problems = callerProblems(env);
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    tenant: (env['HEAPLESS_AZURE_TENANT'] ?? '').toLowerCase(),
    audience: env['HEAPLESS_AZURE_AUDIENCE'] ?? '',
    callers: callersOf(env),
    authority: new URL(env['AZURE_AUTHORITY_HOST'] || 'https://login.microsoftonline.com'),
  };
}

function callersOf(env: Env): readonly string[] {
  const ids = (env['HEAPLESS_AZURE_CALLERS'] ?? '').split(',').map((id) => id.trim().toLowerCase());
  return ids.filter((id) => id !== '');
}

function callerProblems(env: Env): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const tenant = env['HEAPLESS_AZURE_TENANT'] ?? '';
  if (!ID.test(tenant)) {
    const problem = `must be the id of the directory (az account show --query tenantId), got ${show(tenant)}`;
    problems.push({ where: 'HEAPLESS_AZURE_TENANT', problem });
  }
  const audience = env['HEAPLESS_AZURE_AUDIENCE'] ?? '';
  if (!/^api:\/\/[^\s/]+/.test(audience)) {
    const problem = `must be the App ID URI of the app registration, api://…, got ${show(audience)}`;
    problems.push({ where: 'HEAPLESS_AZURE_AUDIENCE', problem });
  }
  const callers = callersOf(env);
  const wrong = callers.filter((id) => !ID.test(id));
  if (callers.length === 0 || wrong.length > 0) {
    const got = callers.length === 0 ? 'nothing' : wrong.map(show).join(', ');
    const problem = `must be object or client ids of identities, separated by commas, got ${got}`;
    problems.push({ where: 'HEAPLESS_AZURE_CALLERS', problem });
  }
  readUrl(env, 'AZURE_AUTHORITY_HOST', ['https:'], problems);
  return problems;
}

function readUrl(env: Env, where: string, protocols: readonly string[], problems: ConfigProblem[]): URL | undefined {
  const text = env[where] ?? '';
  if (text === '') return undefined;
  const url = URL.parse(text);
  if (url !== null && protocols.includes(url.protocol) && url.username === '' && url.search === '') return url;
  problems.push({ where, problem: `must be an ${protocols[0]}// address without user and query, got ${show(text)}` });
  return undefined;
}

/** A host on this machine, as the tools for developers start one. */
function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname.startsWith('127.') || hostname === '[::1]';
}

function show(text: string): string {
  return text === '' ? 'nothing' : JSON.stringify(text.slice(0, 64));
}
