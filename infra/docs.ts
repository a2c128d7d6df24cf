import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { generatedFiles } from './docs/pages.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** `npm run docs`: writes what is generated; with `--check` it writes nothing and fails if something is stale. */
async function main(): Promise<void> {
  const checkOnly = process.argv.includes('--check');
  for (const [path, text] of await generatedFiles()) {
    const file = resolve(ROOT, path);
    const current = await readFile(file, 'utf8').catch(() => '');
    if (current === text) continue;
    process.stdout.write(`${path}: ${checkOnly ? 'stale; run npm run docs' : 'written'}\n`);
    if (checkOnly) process.exitCode = 1;
    else {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }
}

await main();
