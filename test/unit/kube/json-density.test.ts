import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isTooDense } from '../../../shared/kube/json-density.ts';

const MIB = 1_048_576;
const DATA = new URL('../../data/', import.meta.url);

const CAPTURES = ['objects/', 'summary/'].flatMap((folder) =>
  readdirSync(new URL(folder, DATA))
    .filter((file) => file.endsWith('.json'))
    .map((file) => `${folder}${file}`),
);

describe('isTooDense', () => {
  it.each(CAPTURES)('lets pass %s, however often it comes in a list', (file) => {
    const compact = JSON.stringify(JSON.parse(readFileSync(new URL(file, DATA), 'utf8')));
    const list = `[${Array.from({ length: Math.ceil((2 * MIB) / compact.length) }, () => compact).join(',')}]`;

    expect(isTooDense(Buffer.from(list))).toBe(false);
  });

  it.each([['{}'], ['[]'], ['1'], ['{"a":1}']])('stops a list of nothing but %s', (entry) => {
    const list = `[${Array.from({ length: MIB }, () => entry).join(',')}]`;

    expect(isTooDense(Buffer.from(list))).toBe(true);
  });

  it('lets pass small texts, whatever is in them', () => {
    expect(isTooDense(Buffer.from(`[${'{},'.repeat(1_000)}1]`))).toBe(false);
  });
});
