import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runExecPlugin } from '../../../shared/clusters/exec-plugin.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exec-plugin-'));
});

afterAll(() => rm(folder, { recursive: true }));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('runExecPlugin', () => {
  it('ends a plugin that does not answer in time', async () => {
    const path = join(folder, 'hangs.cjs');
    const pidFile = join(folder, 'pid');
    await writeFile(
      path,
      `require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000)`,
    );

    const attempt = runExecPlugin({
      settings: { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: [path] },
      cluster: { server: 'https://h' },
      env: process.env,
      timeout: 2_000,
    });

    await expect(attempt).rejects.toThrow('gave no answer within 2 s');
    const pid = Number(await readFile(pidFile, 'utf8'));
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});
