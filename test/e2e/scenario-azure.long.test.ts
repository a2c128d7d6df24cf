import { startAzureStack } from '../support/azure-stack.ts';
import { reportOf } from '../support/azure-world.ts';
import { itExportsWhatOneProcessExports } from './scenario.ts';

const MINUTE = 60_000;

itExportsWhatOneProcessExports('functions on Azure', async ({ kubeconfig, env, now: start }) => {
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
      const again = Math.floor(now / MINUTE) === minute;
      minute = Math.floor(now / MINUTE);
      // A timer is never fired twice for a minute; somebody can do it by hand.
      return reportOf(again ? await app.byHand() : await app.fire());
    },
    async lateRun(now, time) {
      await app.setClock({ still: now });
      const Last = new Date(time - MINUTE).toISOString();
      const ScheduleStatus = { Last, Next: new Date(time).toISOString(), LastUpdated: Last };
      return JSON.stringify(await app.fire({ value: { ScheduleStatus, IsPastDue: true } }));
    },
    // The worker ends in the middle of it.
    loseShard: (shard) =>
      app.gate.refuse((_, body) => {
        const asked = (JSON.parse(body.toString('utf8')) as { readonly shard?: string }).shard;
        return shard !== undefined && asked === shard ? 'reset' : undefined;
      }),
    async callAsStranger() {
      const answer = await app.call('scrape', { version: 1, endBy: 0 });
      return [answer.status, ((await answer.json()) as { readonly error: { readonly code: string } }).error.code];
    },
    [Symbol.asyncDispose]: async () => await stack[Symbol.asyncDispose](),
  };
});
