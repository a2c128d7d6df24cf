import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildBundle } from '../../infra/bundle.ts';
import { BUNDLES } from '../../infra/bundles.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { startGcsServer } from '../sim/gcs-server.ts';
import { type GoogleCloud, startGoogleCloud } from '../sim/google-cloud.ts';
import { createRealFolder, freePorts, type RealProcess, startRealProcess } from './real-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FRAMEWORK = join(ROOT, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
const CLOCK = join(ROOT, 'test/support/still-clock.ts');
export const PROJECT = 'acme';
const BUCKET = 'acme-heapless';

export type FunctionName = 'tick' | 'scrape' | 'reduce';
export const FUNCTIONS: readonly FunctionName[] = ['tick', 'scrape', 'reduce'];

export const accountOf = (name: FunctionName | 'scheduler'): string =>
  `heapless-${name}@${PROJECT}.iam.gserviceaccount.com`;
export const urlOf = (name: FunctionName): string => `https://heapless-${name}-123456.europe-west1.run.app`;
const CALLER = { tick: 'scheduler', scrape: 'tick', reduce: 'tick' } as const;

/** An answer of a function. */
export interface GoogleAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** The three functions as they are deployed: real functions-framework servers behind Google's front. */
export interface GoogleApp extends AsyncDisposable {
  /** Lets the calendar of all stand at a time. */
  setClock(now: number): Promise<void>;
  /** What Cloud Scheduler does at a minute; `headers` replace its own, undefined = without that header. */
  schedule(time: number, headers?: Readonly<Record<string, string | undefined>>): Promise<GoogleAnswer>;
  /** Calls a function's process beside Google's front, as if it were open to all. */
  call(name: FunctionName, body: unknown, headers: Readonly<Record<string, string>>): Promise<GoogleAnswer>;
  /** Lines of one event in the functions' logs. */
  events(name: string): readonly Readonly<Record<string, unknown>>[];
}

export interface GoogleStack extends AsyncDisposable {
  readonly cloud: GoogleCloud;
  startApp(env?: AppEnv): Promise<GoogleApp>;
}

/** Settings of all functions, or of one. */
export interface AppEnv {
  readonly all?: Readonly<Record<string, string>>;
  readonly of?: Partial<Readonly<Record<FunctionName, Readonly<Record<string, string>>>>>;
  /** Functions without a service account. */
  readonly nobody?: readonly FunctionName[];
}

export interface StackOptions {
  readonly now: number;
  readonly secrets: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** Accounts without the role on the bucket. */
  readonly withoutState?: readonly string[];
}

/** Builds the bundle and starts what it runs against. */
export async function startGoogleStack(options: StackOptions): Promise<GoogleStack> {
  const folder = await mkdtemp(join(tmpdir(), 'heapless-google-'));
  const started: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const end of started.toReversed()) await end();
  };
  try {
    const bundle = BUNDLES.find(({ name }) => name === 'gcp');
    if (bundle === undefined) throw new Error('there is no bundle for Google');
    await buildBundle(bundle, { root: ROOT, outdir: folder });
    // The function's one package, as the platform installs it.
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const storage = { ...(await startGcsServer(BUCKET, 'storage')), token: 'storage' };
    started.push(() => storage.stop());
    let now = options.now;
    const states = FUNCTIONS.map(accountOf).filter((account) => !(options.withoutState ?? []).includes(account));
    const cloud = await startGoogleCloud({
      now: () => now,
      project: PROJECT,
      secrets: options.secrets,
      secretReaders: [accountOf('tick'), accountOf('scrape')],
      stateUsers: states,
      storage,
    });
    started.push(async () => await cloud[Symbol.asyncDispose]());
    const ca = join(folder, 'ca.pem');
    await writeFile(ca, cloud.certificate.ca);
    const startApp = async (app: AppEnv = {}): Promise<GoogleApp> => {
      const running = await Promise.all(
        FUNCTIONS.map(async (name) => {
          const [port = 0, clockPort = 0] = await freePorts(2);
          const nobody = app.nobody?.includes(name) === true;
          const host = await cloud.metadata(nobody ? undefined : accountOf(name));
          const process = await startFunction(name, join(folder, 'gcp'), {
            NODE_EXTRA_CA_CERTS: ca,
            NODE_USE_ENV_PROXY: '1',
            HTTPS_PROXY: cloud.proxy,
            NO_PROXY: '127.0.0.1,localhost',
            GCE_METADATA_HOST: host,
            METADATA_SERVER_DETECTION: 'assume-present',
            NO_GCE_CHECK: 'false',
            CLOCK_STILL: String(now),
            CLOCK_PORT: String(clockPort),
            PORT: String(port),
            HEAPLESS_GCP_AUDIENCE: urlOf(name),
            HEAPLESS_GCP_CALLERS: accountOf(CALLER[name]),
            HEAPLESS_GCP_TIMEOUT_SEC: '55',
            HEAPLESS_STATE: `gs://${BUCKET}/heapless?endpoint=${encodeURIComponent(cloud.storage)}`,
            ...(name === 'tick'
              ? {
                  HEAPLESS_GCP_SCRAPE_URL: urlOf('scrape'),
                  HEAPLESS_GCP_REDUCE_URL: urlOf('reduce'),
                  HEAPLESS_GCP_BEHIND_IAM: 'true',
                }
              : {}),
            ...options.env,
            ...app.all,
            ...app.of?.[name],
          });
          const address = new URL(urlOf(name)).host;
          cloud.services.set(address, { port, invokers: [accountOf(CALLER[name])] });
          return { name, port, clockPort, process };
        }),
      );
      const end = async (): Promise<void> => {
        for (const { process } of running) await process[Symbol.asyncDispose]();
      };
      started.push(end);
      const send = async (
        url: string,
        body: string,
        headers: Readonly<Record<string, string>>,
      ): Promise<GoogleAnswer> => {
        const answer = await fetch(url, { method: 'POST', headers, body });
        const text = await answer.text();
        return { status: answer.status, body: text.startsWith('<') ? text : JSON.parse(text) };
      };
      const portOf = (name: FunctionName): number => running.find((one) => one.name === name)?.port ?? 0;
      return {
        async setClock(next) {
          now = next;
          for (const { clockPort } of running) {
            await (await fetch(`http://127.0.0.1:${clockPort}/`, { method: 'POST', body: String(next) })).text();
          }
        },
        async schedule(time, headers = {}) {
          const token = await cloud.token(urlOf('tick'), accountOf('scheduler'));
          const given = {
            // IAM has checked it.
            authorization: `Bearer ${token.replace(/[^.]*$/, 'SIGNATURE_REMOVED_BY_GOOGLE')}`,
            'user-agent': 'Google-Cloud-Scheduler',
            'x-cloudscheduler': 'true',
            'x-cloudscheduler-scheduletime': new Date(time).toISOString(),
            ...headers,
          };
          const sent = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
          return await send(`http://127.0.0.1:${portOf('tick')}/`, '', Object.fromEntries(sent));
        },
        call: (name, body, headers) =>
          send(`http://127.0.0.1:${portOf(name)}/`, JSON.stringify(body), {
            'content-type': 'application/json',
            ...headers,
          }),
        events: (event) =>
          running
            .flatMap(({ process }) => process.lines())
            .filter((line) => line.startsWith('{'))
            .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
            .filter((line) => line['event'] === event),
        [Symbol.asyncDispose]: end,
      };
    };
    return { cloud, startApp, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startFunction(
  name: FunctionName,
  source: string,
  env: Readonly<Record<string, string>>,
): Promise<RealProcess> {
  return await startRealProcess({
    path: process.execPath,
    args: ['--import', CLOCK, FRAMEWORK, `--source=${source}`, `--target=${name}`],
    folder: await createRealFolder(),
    env,
    isReady: (said) => said.includes('Serving function...'),
  });
}

/** The report of a run that must have one. */
export function reportOf({ status, body }: GoogleAnswer): TickReport {
  const [report] = status === 200 ? (body as readonly TickReport[]) : [];
  if (report === undefined) throw new Error(`the run has no report: HTTP ${status} ${JSON.stringify(body)}`);
  return report;
}
