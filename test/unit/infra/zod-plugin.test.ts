import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../../infra/zod-plugin.ts';

const CORE = new URL('../../../node_modules/zod/v4/core/', import.meta.url);

describe('zod in a bundle', () => {
  for (const file of ['to-json-schema.js', 'json-schema-processors.js']) {
    it(`has all that ${file} exports, as functions that throw`, async () => {
      const real = (await import(new URL(file, CORE).href)) as Record<string, unknown>;
      const text = refusalOf(await readFile(new URL(file, CORE), 'utf8'));
      const stub = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as Record<string, () => unknown>;

      expect(Object.keys(stub).sort()).toEqual(Object.keys(real).sort());
      for (const [name, absent] of Object.entries(stub)) {
        const method = name.startsWith('create') ? (absent() as () => unknown) : absent;
        expect(method, name).toThrow('JSON Schema is not in this bundle');
      }
    });
  }
});
