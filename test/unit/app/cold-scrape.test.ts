import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createColdScrape } from '../../../shared/app/cold-scrape.ts';

const COLD = ['--turbo-filter=read*', '--no-maglev-inlining', '--no-maglev-loop-peeling', '--no-parallel-scavenge'];
const USUAL = ['--turbo-filter=*', '--maglev-inlining', '--maglev-loop-peeling', '--parallel-scavenge'];

function recorder(): { readonly said: string[]; readonly around: ReturnType<typeof createColdScrape> } {
  const said: string[] = [];
  return { said, around: createColdScrape((flag) => said.push(flag)) };
}

describe('the first scrape of a process', () => {
  it('has flags of its own, and the usual ones are back when it is done', async () => {
    const { said, around } = recorder();

    const result = await around(async () => {
      said.push('scrape');
      return 7;
    });

    expect(result).toBe(7);
    expect(said).toEqual([...COLD, 'scrape', ...USUAL]);
  });

  it('brings the usual ones back when it fails, also at once', async () => {
    const failAtOnce = (): never => {
      throw new Error('gone');
    };
    for (const fail of [failAtOnce, async () => failAtOnce()]) {
      const { said, around } = recorder();

      await expect(around(fail)).rejects.toThrow('gone');
      expect(said).toEqual([...COLD, ...USUAL]);
    }
  });

  it('is the only one: neither a scrape beside it nor a later one sets a flag', async () => {
    const { said, around } = recorder();
    await Promise.all([
      around(async () => {
        said.push('first');
        await new Promise(setImmediate);
      }),
      around(async () => said.push('beside')),
    ]);
    await around(async () => said.push('later'));

    expect(said).toEqual([...COLD, 'first', 'beside', ...USUAL, 'later']);
  });

  it('has V8 compile with TurboFan what reads, and the rest afterwards', async () => {
    const script = `
      import { createColdScrape } from ${JSON.stringify(new URL('../../../shared/app/cold-scrape.ts', import.meta.url))};
      const around = createColdScrape();
      function readAll(n) { let sum = 0; for (let i = 0; i < n; i++) sum = (sum + i * 3) | 0; return sum; }
      function addAll(n) { let sum = 0; for (let i = 0; i < n; i++) sum = (sum + i * 5) | 0; return sum; }
      const isTurboFanned = (status) => (status & 64) !== 0;
      async function heat(isDone) {
        for (let round = 0; round < 20_000 && !isDone(); round++) {
          for (let i = 0; i < 200; i++) { readAll(500); addAll(500); }
          await new Promise(setImmediate);
        }
        return [isTurboFanned(%GetOptimizationStatus(readAll)), isTurboFanned(%GetOptimizationStatus(addAll))];
      }
      const cold = await around(() => heat(() => isTurboFanned(%GetOptimizationStatus(readAll))));
      const [, warm] = await heat(() => isTurboFanned(%GetOptimizationStatus(addAll)));
      console.log(JSON.stringify({ cold, warm }));`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      '--allow-natives-syntax',
      '--input-type=module',
      '--eval',
      script,
    ]);

    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ cold: [true, false], warm: true });
  });
});
