import { describe, expect, it } from 'vitest';
import { namedImports } from '../../../infra/built-ins-plugin.ts';

describe('the names that a file imports of a built-in module', () => {
  it('are those of every statement, under the names that the module has', () => {
    const source = `import { gzip as pack, type Zlib, crc32 } from 'node:zlib';
import type { Gunzip } from 'node:zlib';
import {
  gunzip,
} from 'node:zlib';
import { join } from 'node:path';`;

    expect(namedImports(source, 'node:zlib')).toEqual(['crc32', 'gunzip', 'gzip']);
  });

  it('are read of minified text, too', () => {
    expect(namedImports('import{createHash as e}from"crypto";var t=1', 'crypto')).toEqual(['createHash']);
  });

  it.each([
    ["import * as zlib from 'node:zlib';"],
    ["import zlib from 'node:zlib';"],
    ["import zlib, { gzip } from 'node:zlib';"],
    ["export { gzip } from 'node:zlib';"],
    ["import { gzip } from 'node:zlib'; export * from 'node:zlib';"],
  ])('are not known of %s', (source) => {
    expect(namedImports(source, 'node:zlib')).toBeUndefined();
  });
});
