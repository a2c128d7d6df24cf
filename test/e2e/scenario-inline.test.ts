import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startInlineRuntime } from '../support/inline-runtime.ts';
import { itExportsWhatOneProcessExports } from './scenario.ts';

// A new process for every minute, state in files; beside it one process that keeps all in memory.
itExportsWhatOneProcessExports('a new process for every minute', async ({ kubeconfig, env, clock }) => {
  const folder = await mkdtemp(join(tmpdir(), 'heapless-scenario-'));
  const state = { HEAPLESS_STATE: `file:${join(folder, 'state')}` };
  const runtime = await startInlineRuntime({ kubeconfig, env: { ...env, ...state }, clock, cold: true });
  return {
    tick: runtime.tick,
    loseShard: runtime.loseShard,
    lateRun: async (now, time) => (await runtime.lateTick(now, time)).reason ?? '',
    async [Symbol.asyncDispose]() {
      await runtime[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
