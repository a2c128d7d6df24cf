import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { markdownTable } from '../../../infra/docs/markdown.ts';
import { generatedFiles } from '../../../infra/docs/pages.ts';
import { METRICS } from '../../../shared/core/metrics.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

describe('what is generated', () => {
  it('is as the sources say; else run npm run docs', async () => {
    const stale: string[] = [];
    for (const [path, text] of await generatedFiles()) {
      if ((await readFile(resolve(ROOT, path), 'utf8').catch(() => '')) !== text) stale.push(path);
    }

    expect(stale).toEqual([]);
  });

  it('has every metric of the catalog once', async () => {
    const page = (await generatedFiles()).get('docs/metrics.md') ?? '';
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));

    expect(rows.length).toBe(METRICS.length);
    expect(new Set(rows.map((row) => row.split('|')[1])).size).toBe(METRICS.length);
  });
});

describe('a table', () => {
  it('keeps its columns whatever a cell says', () => {
    expect(markdownTable(['A', 'B'], [['x|y', 'two\nlines']])).toBe('| A | B |\n| --- | --- |\n| x\\|y | two lines |');
  });
});
