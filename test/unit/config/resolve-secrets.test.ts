// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables and secrets in URIs
import { describe, expect, it } from 'vitest';
import { resolveSecrets } from '../../../shared/config/resolve-secrets.ts';
import { parseUri } from '../../../shared/config/uri.ts';

describe('resolveSecrets', () => {
  it('reads each secret once', async () => {
    const asked: string[] = [];
    const uri = parseUri('k:http://u:${secret:a}@h/${secret:b}?pw=${secret:a}&pw=${secret:a}-x', {});
    const resolved = await resolveSecrets(uri, async (name) => {
      asked.push(name);
      return `<${name}>`;
    });
    expect(asked.sort()).toEqual(['a', 'b']);
    expect(resolved).toMatchObject({ password: '<a>', path: '/<b>' });
    expect(resolved.options.get('pw')).toEqual(['<a>', '<a>-x']);
  });

  it('keeps the values out of what is shown', async () => {
    const resolved = await resolveSecrets(parseUri('k:http://h/${secret:b}?x=${secret:a}', {}), async () => 'hunter2');
    expect(resolved.shown).toBe('k:http://h/${secret:b}?x=${secret:a}');
    expect(resolved.hidden).toEqual(new Set(['x']));
  });

  it('reports every secret that cannot be read', async () => {
    const uri = parseUri('k:?a=${secret:one}&b=${secret:two}', {});
    const attempt = resolveSecrets(uri, async (name) => {
      if (name === 'one') return '';
      throw new Error('access denied');
    });
    await expect(attempt).rejects.toThrow('k: secret one is empty\nk: secret two cannot be read: access denied');
  });
});
