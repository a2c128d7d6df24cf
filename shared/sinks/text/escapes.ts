import { type Constant, toConstant } from './constant.ts';

/** What stands for each ASCII character of a text in a format: undefined = the character itself. */
export type Escapes = readonly (Constant | undefined)[];

const ASCII = 128;

/** A table from characters to what is written in their place. A text of several characters as key means each of them. */
export function createEscapes(replacements: Readonly<Record<string, string | ((char: string) => string)>>): Escapes {
  const table: (Constant | undefined)[] = Array.from({ length: ASCII }, () => undefined);
  for (const [chars, replacement] of Object.entries(replacements)) {
    for (const char of chars) {
      const text = typeof replacement === 'string' ? replacement : replacement(char);
      table[char.charCodeAt(0)] = toConstant(text);
    }
  }
  return table;
}

/** The characters below the space, and DEL. */
export const CONTROL_CHARACTERS: string = [...Array.from({ length: 32 }, (_, code) => code), 127]
  .map((code) => String.fromCharCode(code))
  .join('');

/** A text between the quotes of a JSON string. */
export const JSON_ESCAPES: Escapes = createEscapes({
  [CONTROL_CHARACTERS]: (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  '"': '\\"',
  '\\': '\\\\',
});

/** Nothing is replaced. */
export const NO_ESCAPES: Escapes = createEscapes({});
