import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildBundle } from '../../../infra/bundle.ts';
import { scopeOf } from '../../../infra/bundle-scope.ts';
import { BUNDLES } from '../../../infra/bundles.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

// A bundle takes a second of a whole core; a busy machine has less.
vi.setConfig({ testTimeout: 90_000 });

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heapless-bundle-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** A project of one entry, with this repository's packages. */
async function projectOf(source: string): Promise<string> {
  const root = join(folder, 'project');
  await mkdir(root);
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  await writeFile(join(root, 'entry.ts'), source);
  return root;
}

async function bundleOf(source: string, budgets = { eagerBudget: 1e6, totalBudget: 1e6 }) {
  const root = await projectOf(source);
  return buildBundle({ name: 'probe', entry: 'entry.ts', ...budgets }, { root, outdir: join(folder, 'dist') });
}

/** What a fresh process prints that imports the bundle as `bundle`. */
async function ran(code: string): Promise<unknown> {
  const file = join(folder, 'dist', 'probe', 'index.mjs');
  const script = `import(${JSON.stringify(file)}).then(async (bundle) => console.log(JSON.stringify(${code})))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);
  return JSON.parse(stdout);
}

async function hashOf(path: string): Promise<string> {
  const names = (await readdir(path)).filter((name) => name.endsWith('.mjs')).sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(name).update(await readFile(join(path, name)));
  return hash.digest('hex');
}

describe('a bundle', () => {
  it('is the same bytes from the same sources', async () => {
    const bundle = BUNDLES[0]!;

    await buildBundle(bundle, { root: ROOT, outdir: join(folder, 'a') });
    await buildBundle(bundle, { root: ROOT, outdir: join(folder, 'b') });

    expect(await hashOf(join(folder, 'a', bundle.name))).toBe(await hashOf(join(folder, 'b', bundle.name)));
  });

  it.each(BUNDLES.map((bundle) => [bundle.name, bundle] as const))(
    'of %s keeps its budgets and loads no cloud SDK before it knows its configuration',
    async (_, bundle) => {
      const { problems, lazyChunks } = await buildBundle(bundle, { root: ROOT, outdir: folder });

      expect(problems).toEqual([]);
      expect(lazyChunks).toBeGreaterThan(3);
    },
  );

  it('has the files beside it that its platform reads', async () => {
    const azure = BUNDLES.find(({ name }) => name === 'azure')!;

    await buildBundle(azure, { root: ROOT, outdir: folder });
    const read = async (name: string): Promise<unknown> =>
      JSON.parse(await readFile(join(folder, 'azure', name), 'utf8'));

    expect(await read('host.json')).toMatchObject({ version: '2.0', functionTimeout: '00:00:55' });
    expect(await read('package.json')).toMatchObject({ main: 'index.mjs', type: 'module' });
    // Only the worker has it: it must be asked for, not bundled.
    expect(await readFile(join(folder, 'azure', 'index.mjs'), 'utf8')).toContain('"@azure/functions-core"');
  });

  it('removes the chunks of earlier builds', async () => {
    await mkdir(join(folder, 'dist', 'probe'), { recursive: true });
    await writeFile(join(folder, 'dist', 'probe', 'old-ABC.mjs'), '');

    await bundleOf('export const handler = () => 1;');

    expect((await readdir(join(folder, 'dist', 'probe'))).sort()).toEqual(['index.mjs', 'index.mjs.map']);
  });
});

describe('the start of a bundle', () => {
  it('opens one file, and shares it with what is loaded later', async () => {
    const root = await projectOf(`import { counter } from './counter.ts';
export const now = () => counter.next();
export const later = async () => (await import('./later.ts')).later();`);
    await writeFile(join(root, 'counter.ts'), 'let count = 0; export const counter = { next: () => ++count };');
    const later = "import { counter } from './counter.ts'; export const later = () => counter.next() * 10;";
    await writeFile(join(root, 'later.ts'), later);
    const probe = { name: 'probe', entry: 'entry.ts', eagerBudget: 1e6, totalBudget: 1e6 };

    const { lazyChunks } = await buildBundle(probe, { root, outdir: join(folder, 'dist') });

    expect(lazyChunks).toBe(1);
    expect(await ran('[bundle.now(), await bundle.later(), bundle.now()]')).toEqual([1, 20, 3]);
  });

  it('loads a built-in module when a name of it is used', async () => {
    await bundleOf(`import { createSocket as open } from 'node:dgram';
import * as zlib from 'node:zlib';
export const loaded = () => process.moduleLoadList.includes('NativeModule dgram');
export const socket = () => typeof open('udp4').unref().close;
export const sum = () => zlib.crc32('a');`);

    expect(await ran('[bundle.loaded(), bundle.socket(), bundle.loaded(), bundle.sum()]')).toEqual([
      false,
      'function',
      true,
      3904355907,
    ]);
  });

  it('has require() for packages in CommonJS', async () => {
    await bundleOf(
      "import snappy from 'snappyjs';\nexport const size = () => snappy.compress(new Uint8Array(9)).length;",
    );

    expect(await ran('bundle.size()')).toBeGreaterThan(0);
  });
});

describe('a bundle for one configuration', () => {
  it('leaves out what that does not name, and says so when it is asked for', async () => {
    const scope = scopeOf({
      HEAPLESS_SINK: 'log:',
      HEAPLESS_STATE: 'memory:',
      HEAPLESS_SOURCE: 'kubernetes:https://host',
    });
    const probe = { name: 'probe', entry: 'shared/app/runtime.ts', eagerBudget: 1e6, totalBudget: 1e7 };
    const outdir = join(folder, 'dist');

    const { total } = await buildBundle(probe, { root: ROOT, outdir });
    const scoped = await buildBundle(probe, { root: ROOT, outdir, scope });
    const names = (await readdir(join(outdir, 'probe'))).map((name) => name.split('-')[0]);
    const open = (sink: string) => `await bundle.createRuntime({
      env: { HEAPLESS_SINK: '${sink}', HEAPLESS_STATE: 's3://bucket', HEAPLESS_SOURCE: 'kubernetes:https://host' },
      platform: { defaultState: 'memory:', readSecret: async () => '', write() {}, writeLog() {} },
    }).catch((error) => error.problems)`;

    expect(scoped.total).toBeLessThan(total * 0.8);
    expect(names).toContain('log');
    expect(names).not.toContain('cloudwatch');
    expect(await ran(open('kafka:?brokers=host:9092'))).toEqual([
      { where: 'state s3', problem: expect.stringMatching(/is not in this build/) },
      { where: 'sink kafka', problem: expect.stringMatching(/is not in this build/) },
    ]);
  });
});

describe('the checks of a bundle', () => {
  const EAGER =
    "import { LambdaClient } from '@aws-sdk/client-lambda';\nexport const handler = () => new LambdaClient({});\n";
  const LAZY = "export const handler = async () => new (await import('@aws-sdk/client-lambda')).LambdaClient({});\n";

  it('refuse an SDK in the eager part', async () => {
    const { problems } = await bundleOf(EAGER);

    expect(problems.join('\n')).toContain(
      'probe: @aws-sdk/client-lambda is in the eager part; import() it where it is used',
    );
  });

  it('let it be a chunk of its own', async () => {
    const { problems, eager } = await bundleOf(LAZY);

    expect(problems).toEqual([]);
    expect(eager).toBeLessThan(2_000);
  });

  it('refuse what is larger than its budgets', async () => {
    const { problems } = await bundleOf(LAZY, { eagerBudget: 100, totalBudget: 1_000 });

    expect(problems).toMatchObject([
      expect.stringMatching(/^probe: the eager part is \d+ bytes, its budget is 100$/),
      expect.stringMatching(/^probe: the whole is \d+ bytes, its budget is 1000$/),
    ]);
  });
});
