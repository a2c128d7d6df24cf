import { reportOf, startGoogleStack, urlOf } from '../support/google-stack.ts';
import { itExportsWhatOneProcessExports } from './scenario.ts';

const MINUTE = 60_000;

itExportsWhatOneProcessExports('functions on Google Cloud', async ({ kubeconfig, env, now: start }) => {
  const stack = await startGoogleStack({
    now: start,
    secrets: { kubeconfig },
    env: {
      ...env,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference as it is written
      HEAPLESS_SOURCE: 'kubernetes.summary_api:?inClusterConfig=false&auth=${secret:kubeconfig}',
    },
  });
  const app = await stack.startApp();
  const scrape = new URL(urlOf('scrape')).host;
  return {
    async tick(now) {
      await app.setClock(now);
      // Cloud Scheduler may deliver a run twice, with the same time.
      return reportOf(await app.schedule(now - (now % MINUTE)));
    },
    async lateRun(now, time) {
      await app.setClock(now);
      return JSON.stringify((await app.schedule(time)).body);
    },
    // There is no instance left to run it.
    loseShard(shard) {
      stack.cloud.refuse = (host, body) => {
        if (shard === undefined || host !== scrape) return undefined;
        return (JSON.parse(body.toString('utf8')) as { readonly shard: string }).shard === shard ? 429 : undefined;
      };
    },
    async callAsStranger() {
      const { status, body } = await app.call('scrape', { version: 1, endBy: 0 }, {});
      return [status, (body as { readonly error: { readonly code: string } }).error.code];
    },
    [Symbol.asyncDispose]: async () => await stack[Symbol.asyncDispose](),
  };
});
