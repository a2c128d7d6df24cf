// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as they are written
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deployEnvironment } from '../../../infra/aws/function-variables.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heapless-env-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('deployEnvironment', () => {
  it("prefers the shell to the stage's file, and that to the common one", async () => {
    await writeFile(join(folder, '.env'), 'A=common\nB=common\nC=common\n');
    await writeFile(join(folder, '.env.prod'), 'B=stage\nC=stage\n');

    const env = deployEnvironment(folder, 'prod', { C: 'shell' });

    expect(env).toEqual({ A: 'common', B: 'stage', C: 'shell' });
  });

  it('keeps references to secrets as they are written', async () => {
    const line = 'HEAPLESS_SOURCE=kubernetes.summary_api:?inClusterConfig=false&auth=${secret:x/y}';
    await writeFile(join(folder, '.env'), `${line}\n`);

    expect(deployEnvironment(folder, 'dev', {})['HEAPLESS_SOURCE']).toBe(line.slice(line.indexOf('=') + 1));
  });

  it('is the shell alone if there are no files', () => {
    expect(deployEnvironment(folder, 'dev', { A: '1' })).toEqual({ A: '1' });
  });
});
