import { describe, expect, it } from 'vitest';
import { missingPart, realPart, realPartNames } from '../support/real-part.ts';

/** Where all parts must be there (`HEAPLESS_REQUIRE_PARTS=1`), a missing one is a failure. */
const REQUIRED = process.env['HEAPLESS_REQUIRE_PARTS'] === '1';

const PARTS = realPartNames().map((name) => ({ name, part: realPart(name) }));
const PRESENT = PARTS.filter(({ part }) => part !== undefined);
const MISSING = PARTS.filter(({ part }) => part === undefined).map(({ name }) => name);

describe(`real parts: ${PRESENT.length} of ${PARTS.length} present`, () => {
  it('says which are present and which are missing', () => {
    const list = PRESENT.map(({ name, part }) => `  ${name}: ${part?.version}`);
    const missing = MISSING.length === 0 ? 'none missing' : `missing: ${MISSING.join(', ')}`;
    process.stdout.write(`real parts: ${PRESENT.length} of ${PARTS.length} present; ${missing}\n${list.join('\n')}\n`);

    expect(PARTS.length).toBeGreaterThanOrEqual(4);
    expect(REQUIRED ? MISSING : []).toEqual([]);
  });

  for (const { name, part } of PARTS) {
    it(`has ${name}, which tells its version`, (context) => {
      if (part === undefined) return context.skip(missingPart(name));

      expect(part.version).toMatch(/\d/);
    });
  }
});
