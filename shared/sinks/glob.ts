/** A glob as an expression: `*` is any text, slashes included, `?` one character. */
export function toExpression(glob: string): RegExp {
  const pattern = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`, 's');
}

/** True for texts that one of the globs fits and no `!` glob does, whatever their order; with `!` globs alone, for all others. */
export function createTextFilter(globs: readonly string[]): (text: string) => boolean {
  const wanted = globs.filter((glob) => !glob.startsWith('!')).map(toExpression);
  const unwanted = globs.filter((glob) => glob.startsWith('!')).map((glob) => toExpression(glob.slice(1)));
  const fits = (expressions: readonly RegExp[], text: string): boolean => expressions.some((each) => each.test(text));
  return (text) => (wanted.length === 0 || fits(wanted, text)) && !fits(unwanted, text);
}
