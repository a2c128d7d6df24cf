import { reportOf, startGoogleStack } from '../support/google-stack.ts';
import { itExportsWhatOneProcessExports } from './scenario.ts';

itExportsWhatOneProcessExports('Google', async ({ kubeconfig, env, now: start }) => {
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
  return {
    async tick(now) {
      await app.setClock(now);
      // Cloud Scheduler may deliver a run twice, with the same time.
      return reportOf(await app.schedule(Math.floor(now / 60_000) * 60_000));
    },
    [Symbol.asyncDispose]: async () => await stack[Symbol.asyncDispose](),
  };
});
