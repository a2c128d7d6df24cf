/** A part of a text: literal, `$NAME` or `${NAME}`, or `${secret:NAME}`. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'env'; readonly name: string; readonly source: string }
  | { readonly kind: 'secret'; readonly name: string; readonly source: string }
  /** A `$` that starts none of them. */
  | { readonly kind: 'stray' };

const REFERENCE = /\$(?:(\$)|\{secret:([^{}\s]+)\}|\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))?/g;

/**
 * Finds the references of a text. `$$` is one literal `$`; a name is the longest run of letters, digits and `_`, as in
 * Go's os.Expand. Where Go makes a lone `$` vanish, a `stray` piece is returned instead.
 */
export function splitReferences(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const [source, escaped, secret, braced, plain] = match;
    if (match.index > end) pieces.push({ kind: 'text', text: text.slice(end, match.index) });
    end = match.index + source.length;
    const variable = braced ?? plain;
    if (escaped !== undefined) pieces.push({ kind: 'text', text: '$' });
    else if (secret !== undefined) pieces.push({ kind: 'secret', name: secret, source });
    else if (variable !== undefined) pieces.push({ kind: 'env', name: variable, source });
    else pieces.push({ kind: 'stray' });
  }
  if (end < text.length) pieces.push({ kind: 'text', text: text.slice(end) });
  return pieces;
}

/** How a secret is referred to in a URI until `resolveSecrets` has read it. */
export const SECRET_REFERENCE = /\$\{secret:([^{}\s]+)\}/g;

/** The environment, or a part of it. */
export type Environment = Readonly<Record<string, string | undefined>>;
