import { ConfigError, type ConfigProblem, describeError } from '../core/errors.ts';
import type { ComponentUri } from './config.ts';
import { SECRET_REFERENCE } from './references.ts';

/** The texts of a URI in which `${secret:NAME}` stands. */
function secretTexts(uri: ComponentUri): readonly string[] {
  const parts = uri.secretParts ?? new Set<string>();
  const address = (['user', 'password', 'path'] as const)
    .filter((part) => parts.has(part))
    .map((part) => uri[part] ?? '');
  const options = [...uri.options].filter(([name]) => parts.has(`option ${name}`)).flatMap(([, values]) => values);
  return [...address, ...options];
}

/**
 * The URI with each `${secret:NAME}` replaced by what `read` gives for the name; each name is read once, and what was read
 * is not expanded again. Throws `ConfigError` with every name that could not be read, or was empty.
 */
export async function resolveSecrets(
  uri: ComponentUri,
  read: (name: string) => Promise<string>,
): Promise<ComponentUri> {
  const parts = uri.secretParts;
  if (parts === undefined || parts.size === 0) return uri;
  const names = new Set(
    secretTexts(uri).flatMap((text) => [...text.matchAll(SECRET_REFERENCE)].map((m) => m[1] ?? '')),
  );
  const problems: ConfigProblem[] = [];
  const values = new Map<string, string>();
  await Promise.all(
    [...names].map(async (name) => {
      try {
        const value = await read(name);
        if (value === '') problems.push({ where: uri.key, problem: `secret ${name} is empty` });
        values.set(name, value);
      } catch (error) {
        problems.push({ where: uri.key, problem: `secret ${name} cannot be read: ${describeError(error)}` });
      }
    }),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  const fill = (part: string, text: string): string =>
    parts.has(part) ? text.replaceAll(SECRET_REFERENCE, (_, name: string) => values.get(name) ?? '') : text;
  return {
    ...uri,
    user: uri.user === undefined ? undefined : fill('user', uri.user),
    password: uri.password === undefined ? undefined : fill('password', uri.password),
    path: fill('path', uri.path),
    options: new Map(
      [...uri.options].map(([name, texts]) => [name, texts.map((text) => fill(`option ${name}`, text))]),
    ),
    secretParts: new Set(),
  };
}
