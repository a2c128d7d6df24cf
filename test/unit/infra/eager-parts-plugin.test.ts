import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BUNDLES } from '../../../infra/bundles.ts';
import { withEager } from '../../../infra/eager-parts-plugin.ts';

const REGISTRY = readFileSync(resolve(import.meta.dirname, '../../../shared/app/registry.ts'), 'utf8');

describe('withEager', () => {
  it('imports the parts that are named by statement and leaves the others', () => {
    const source = "export const PARTS = { a: () => import('./a.ts'), b: () => import('./b.ts') };\n";

    expect(withEager(source, ['./b.ts'])).toBe(
      "import * as eager0 from './b.ts';\nexport const PARTS = { a: () => import('./a.ts'), b: async () => eager0 };\n",
    );
    expect(withEager(source, [])).toBe(source);
  });

  it('refuses a part that the registry does not have', () => {
    expect(() => withEager(REGISTRY, ['./no-such-part.ts'])).toThrow('does not import ./no-such-part.ts');
  });

  it.each(BUNDLES.map(({ name, eagerParts = [] }) => ({ name, eagerParts })))(
    'finds the parts of $name in the registry',
    ({ eagerParts }) => {
      expect(withEager(REGISTRY, eagerParts).match(/^import \* as eager/gm) ?? []).toHaveLength(eagerParts.length);
    },
  );
});
