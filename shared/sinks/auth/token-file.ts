import { readFile, stat } from 'node:fs/promises';
import { SinkError } from '../../core/errors.ts';
import type { Authorizer } from './authorizer.ts';
import { credentialError } from './credential-error.ts';

/** A bearer token from a file that someone else renews (projected tokens, Vault): read again when the file changes. */
export function createTokenFileAuthorizer(path: string): Authorizer {
  const source = `the token file ${path}`;
  let known: { readonly mark: string; readonly headers: Readonly<Record<string, string>> } | undefined;
  return {
    source,
    async authorize() {
      try {
        const { mtimeMs, size, ino } = await stat(path);
        const mark = `${ino} ${size} ${mtimeMs}`;
        if (known?.mark !== mark) {
          const token = (await readFile(path, 'utf8')).trim();
          if (!/^[\x21-\x7e]+$/.test(token)) {
            throw new SinkError('it is empty, or has white space inside', { code: 'sink_credentials' });
          }
          known = { mark, headers: { authorization: `Bearer ${token}` } };
        }
        return known.headers;
      } catch (error) {
        throw credentialError(source, error);
      }
    },
    renew() {
      known = undefined;
    },
  };
}
