import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excerpt, secretsOf } from '../../../shared/kube/excerpt.ts';

describe('excerpt', () => {
  it('takes out tokens and their whole header values', () => {
    const secrets = secretsOf({ authorization: 'Bearer abcdefgh', 'x-key': 'ijklmnop' });

    expect(excerpt('a Bearer abcdefgh b abcdefgh c ijklmnop', secrets)).toBe('a *** b *** c ***');
  });

  it('makes one line of at most 256 characters of anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (body) => {
        const text = excerpt(body, []);

        expect(text.length).toBeLessThanOrEqual(256);
        expect(text).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  it('leaves no part of a token at the cut', () => {
    const token = 'T'.repeat(100);

    expect(excerpt(`${'x'.repeat(200)}${token}`, [token])).toBe(`${'x'.repeat(200)}***`);
  });
});
