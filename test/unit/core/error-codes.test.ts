import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../../shared/core/error-codes.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Codes in the code: literals of `code:` and of a choice between two. `custom` is zod's. */
function usedCodes(): ReadonlySet<string> {
  const files = ['shared', 'functions'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('error-codes.ts'))
      .map((file) => readFileSync(join(ROOT, folder, file), 'utf8')),
  );
  const texts = files.flatMap((text) => [...text.matchAll(/\bcode: (?:[\w.]+ \? )?'([a-z_]+)'(?: : '([a-z_]+)')?/g)]);
  const codes = texts.flatMap(([, one, other]) => [one, other]).filter((code) => code !== undefined);
  return new Set(codes.filter((code) => code !== 'custom'));
}

describe('error codes', () => {
  it('are all in the table, and the table has no other', () => {
    expect(ERROR_CODES.map(({ code }) => code).toSorted()).toEqual([...usedCodes()].toSorted());
  });

  it('say what they mean and what to do, once each', () => {
    expect(new Set(ERROR_CODES.map(({ code }) => code)).size).toBe(ERROR_CODES.length);
    for (const { meaning, advice } of ERROR_CODES)
      expect([meaning, advice].every((text) => /^[A-Z].*\.$/.test(text))).toBe(true);
  });
});
