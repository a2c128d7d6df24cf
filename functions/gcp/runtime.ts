import { keepWarm } from '../../shared/app/keep-warm.ts';
import { openRuntime } from '../../shared/app/open-runtime.ts';
import type { Platform } from '../../shared/app/platform.ts';
import { readTextFile } from '../../shared/app/read-text-file.ts';
import type { Runtime } from '../../shared/app/runtime.ts';
import { systemClock } from '../../shared/core/clock.ts';
import type { HttpTarget } from '../http/http-call.ts';
import { createHttpInvoker, createHttpReducer } from '../http/http-invoker.ts';
import { createSharedToken } from '../http/shared-token.ts';
import { writeLog } from './function-log.ts';
import { readFunctionSettings } from './function-settings.ts';
import { idToken } from './own-identity.ts';
import { readSecret } from './secrets.ts';

/** Largest request by HTTP/1, in bytes. https://cloud.google.com/run/quotas, read 2026-11-24 */
export const MOST_BYTES = 33_554_432;

/**
 * Cloud Run's IAM looks at this header if it is there, and lets `Authorization` through whole: of the header that it looks
 * at it takes the signature away. https://cloud.google.com/run/docs/authenticating/service-to-service, read 2026-11-24
 */
const IAM_HEADER = 'x-serverless-authorization';

const ADVICE = {
  401: 'HEAPLESS_GCP_AUDIENCE of that function must be the address by which the tick calls it',
  403: "the tick's service account needs roles/run.invoker on that function, and must be in its HEAPLESS_GCP_CALLERS",
  404: 'the address is wrong (region, project, name), or the function is not deployed: deploy all functions together',
  413: 'lower HEAPLESS_SHARD_SIZE or HEAPLESS_GROUP_LIMIT',
  429: 'raise its maximum of instances or lower HEAPLESS_SHARD_CONCURRENCY',
} as const;

/** The runtime of this function instance. Rejects with every problem of the configuration at once. */
export const gcpRuntime: () => Promise<Runtime> = keepWarm(() =>
  openRuntime({
    env: process.env,
    platform: gcpPlatform(process.env),
    // The reduce function has no right to a cluster's secret, and one cluster's must not stop the others.
    deferSourceSecrets: true,
  }),
);

/**
 * What Cloud Run functions give. `HEAPLESS_GCP_SCRAPE_URL` and `HEAPLESS_GCP_REDUCE_URL` are where shards and the reduction
 * run; without them both run in this process. Throws `ConfigError` with every wrong setting.
 */
export function gcpPlatform(env: Readonly<Record<string, string | undefined>>): Platform {
  const { state, functions, project } = readFunctionSettings(env);
  return {
    name: 'gcp',
    defaultState: state,
    clock: systemClock,
    random: Math.random,
    readFile: readTextFile,
    readSecret: (name) => readSecret(name, project),
    write: writeLog,
    writeLog,
    shardInvoker: functions === undefined ? undefined : createHttpInvoker(targetOf(functions.scrape)),
    reducer: functions === undefined ? undefined : createHttpReducer(targetOf(functions.reduce)),
  };
}

/** Another function of this deployment, called with this one's identity; tokens are for its address alone. */
function targetOf(url: URL): HttpTarget {
  // As it was written: URL.href adds a slash to a bare host, and audiences are compared as texts.
  const audience = url.pathname === '/' ? url.origin : url.href;
  const authorize = createSharedToken({ clock: systemClock, load: () => idToken(audience) });
  return { url, maxBytes: MOST_BYTES, authorize, alsoIn: IAM_HEADER, advice: ADVICE };
}
