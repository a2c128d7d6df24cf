import { isLevel, type Level } from '../core/level.ts';
import { unknownLevel } from './selection.ts';

/**
 * Reads options of the form `LEVEL:TEXT`, each level at most once; `form` says how one looks. Problems go behind the
 * option's name.
 */
export function readLevelTexts(texts: readonly string[], form: string, problems: string[]): ReadonlyMap<Level, string> {
  const given = new Map<Level, string>();
  for (const text of texts) {
    const colon = text.indexOf(':');
    const word = (colon < 0 ? text : text.slice(0, colon)).trim();
    const level = word === 'ns' ? 'namespace' : word;
    if (colon < 0) problems.push(`must be ${form}`);
    else if (!isLevel(level)) problems.push(unknownLevel(word));
    else if (given.has(level)) problems.push(`has two rules for ${level}; each level takes one`);
    else given.set(level, text.slice(colon + 1));
  }
  return given;
}
