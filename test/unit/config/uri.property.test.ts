// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables and secrets in URIs
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveSecrets } from '../../../shared/config/resolve-secrets.ts';
import { parseUri } from '../../../shared/config/uri.ts';

const value = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom('$', '&', '+', '#', '%', '{', '}', '=', '?', '@', '/', ';', ' '),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
  })
  .filter((text) => !text.includes('\0'));
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);

describe('parseUri', () => {
  it('round-trips any option values written as percent escapes', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key }), (pairs) => {
        const query = pairs.map(([key, text]) => `${key}=${encodeURIComponent(text)}`).join('&');
        const uri = parseUri(`k:?${query}`, {});
        expect([...uri.options]).toEqual(pairs.map(([key, text]) => [key, [text]]));
      }),
    );
  });

  it('round-trips any values of the environment, in options, user and password', () => {
    fc.assert(
      fc.property(value, value, (first, second) => {
        const uri = parseUri('k:http://$A:${B}@h?pw=$A&x=-${B}-', { A: first, B: second });
        expect(uri).toMatchObject({ user: first, password: second, host: 'h' });
        expect([...uri.options]).toEqual([
          ['pw', [first]],
          ['x', [`-${second}-`]],
        ]);
      }),
    );
  });

  it('round-trips any secrets, and expands nothing in them', async () => {
    await fc.assert(
      fc.asyncProperty(
        value.filter((text) => text !== ''),
        async (secret) => {
          const uri = parseUri('k:http://u:${secret:one}@h?pw=${secret:two}&plain=$V', { V: '${secret:one}' });
          const resolved = await resolveSecrets(uri, async () => secret);
          expect(resolved.password).toBe(secret);
          expect(resolved.options.get('pw')).toEqual([secret]);
          expect(resolved.options.get('plain')).toEqual(['${secret:one}']);
        },
      ),
    );
  });

  it('never fails but with a ConfigError that has problems', () => {
    fc.assert(
      fc.property(value, (text) => {
        try {
          parseUri(`k:${text}`, {});
        } catch (error) {
          expect(error).toMatchObject({ code: 'config_invalid' });
        }
      }),
    );
  });
});
