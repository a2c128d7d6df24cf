import { startAzureStack } from '../support/azure-stack.ts';
import { reportOf } from '../support/azure-world.ts';
import { itExportsWhatOneProcessExports } from './scenario.ts';

itExportsWhatOneProcessExports('Azure', async ({ kubeconfig, env, now: start }) => {
  const stack = await startAzureStack({
    secrets: { kubeconfig },
    settings: {
      ...env,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference as it is written
      HEAPLESS_SOURCE: 'kubernetes.summary_api:?inClusterConfig=false&auth=${secret:kubeconfig}',
    },
  });
  const app = await stack.startApp({ HOST_STILL: String(start) });
  let minute = 0;
  return {
    async tick(now) {
      await app.setClock({ still: now });
      const again = Math.floor(now / 60_000) === minute;
      minute = Math.floor(now / 60_000);
      // A timer is never fired twice for a minute; somebody can do it by hand.
      return reportOf(again ? await app.byHand() : await app.fire());
    },
    [Symbol.asyncDispose]: async () => await stack[Symbol.asyncDispose](),
  };
});
