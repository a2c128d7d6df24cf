import { ConfigError, type ConfigProblem } from '../../shared/core/errors.ts';
import { type Millis, SECOND } from '../../shared/core/units.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Who may call a function, and the address that tokens must be made for. */
export interface CallerSettings {
  readonly audience: string;
  /** E-mail addresses of service accounts, in lower case. */
  readonly callers: readonly string[];
  /** True if only Cloud Run's IAM lets anybody in, so that a token whose signature it took away has been checked. */
  readonly behindIam: boolean;
}

/** What the environment says beside the configuration that every platform has. */
export interface FunctionSettings {
  readonly state: string;
  /** Addresses of the functions that run shards and the reduction; undefined = all is done in the tick's process. */
  readonly functions: { readonly scrape: URL; readonly reduce: URL } | undefined;
  /** Project of the secrets; undefined = that of the function. */
  readonly project: string | undefined;
}

const ACCOUNT = /^[a-z0-9-]+@[a-z0-9.-]+\.gserviceaccount\.com$/;
const PROJECT = /^[a-z0-9.:-]{1,63}$/;
/** The platform's own default. https://cloud.google.com/functions/docs/configuring/timeout, read 2026-11-24 */
const DEFAULT_SECONDS = 60;

/** Reads the settings of the runtime. Throws `ConfigError` with every problem at once. */
export function readFunctionSettings(env: Env): FunctionSettings {
  const problems: ConfigProblem[] = [];
  const state = env['HEAPLESS_STATE'] ?? '';
  if (state === '') {
    const problem = 'is not set; write gs://BUCKET/PREFIX, because an instance of a function forgets what it had';
    problems.push({ where: 'HEAPLESS_STATE', problem });
  }
  const scrape = readUrl(env, 'HEAPLESS_GCP_SCRAPE_URL', problems);
  const reduce = readUrl(env, 'HEAPLESS_GCP_REDUCE_URL', problems);
  const [one, other] = ['HEAPLESS_GCP_SCRAPE_URL', 'HEAPLESS_GCP_REDUCE_URL'];
  if ((env[one] ?? '') === '' && (env[other] ?? '') !== '') problems.push(missing(one, other));
  if ((env[other] ?? '') === '' && (env[one] ?? '') !== '') problems.push(missing(other, one));
  const project = env['HEAPLESS_GCP_PROJECT'] || undefined;
  if (project !== undefined && !PROJECT.test(project)) {
    problems.push({ where: 'HEAPLESS_GCP_PROJECT', problem: `must be a project id or number, got ${show(project)}` });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const functions = scrape === undefined || reduce === undefined ? undefined : { scrape, reduce };
  return { state, functions, project };
}

/** Reads who may call. Throws `ConfigError` with every problem at once: without these settings nobody may. */
export function readCallerSettings(env: Env): CallerSettings {
  const problems: ConfigProblem[] = [];
  const audience = readUrl(env, 'HEAPLESS_GCP_AUDIENCE', problems);
  if ((env['HEAPLESS_GCP_AUDIENCE'] ?? '') === '') {
    problems.push({ where: 'HEAPLESS_GCP_AUDIENCE', problem: "is not set; write the function's own address" });
  }
  const callers = (env['HEAPLESS_GCP_CALLERS'] ?? '')
    .split(',')
    .map((email) => email.trim().toLowerCase())
    .filter((email) => email !== '');
  const wrong = callers.filter((email) => !ACCOUNT.test(email));
  if (callers.length === 0 || wrong.length > 0) {
    const got = callers.length === 0 ? 'nothing' : wrong.map(show).join(', ');
    const problem = `must be e-mail addresses of service accounts, separated by commas, got ${got}`;
    problems.push({ where: 'HEAPLESS_GCP_CALLERS', problem });
  }
  const iam = env['HEAPLESS_GCP_BEHIND_IAM'] ?? '';
  if (!['', 'true', 'false'].includes(iam)) {
    problems.push({ where: 'HEAPLESS_GCP_BEHIND_IAM', problem: `must be true or false, got ${show(iam)}` });
  }
  if (problems.length > 0 || audience === undefined) throw new ConfigError(problems);
  return { audience: env['HEAPLESS_GCP_AUDIENCE'] ?? '', callers, behindIam: iam === 'true' };
}

/** How long the function may run: what it was deployed with. Throws `ConfigError` if it is no time. */
export function functionTime(env: Env): Millis {
  const text = env['HEAPLESS_GCP_TIMEOUT_SEC'] || String(DEFAULT_SECONDS);
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 3_600) return seconds * SECOND;
  const problem = `must be whole seconds of 1 to 3600, the timeout that the function is deployed with, got ${show(text)}`;
  throw new ConfigError([{ where: 'HEAPLESS_GCP_TIMEOUT_SEC', problem }]);
}

function missing(where: string, given: string): ConfigProblem {
  return { where, problem: `is not set, and ${given} is; set both, or none to do all in the tick's process` };
}

/** An address that a token may be sent to. */
function readUrl(env: Env, where: string, problems: ConfigProblem[]): URL | undefined {
  const text = env[where] ?? '';
  if (text === '') return undefined;
  const url = URL.parse(text);
  if (url?.protocol === 'https:' && url.username === '' && url.search === '' && url.hash === '') return url;
  problems.push({ where, problem: `must be an https:// address without user and query, got ${show(text)}` });
  return undefined;
}

function show(text: string): string {
  return text === '' ? 'nothing' : JSON.stringify(text.slice(0, 64));
}
