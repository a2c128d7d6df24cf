/** Edit distance with transpositions (optimal string alignment) of two short words. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      cost = Math.min(cost, (last[column - 1] ?? 0) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, (before[column - 2] ?? 0) + 1);
      current.push(cost);
    }
    before = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

/** Case and the marks between words do not count: `kubeletPort`, `kubelet-port` and `kubelet_port` are one. */
function folded(word: string): string {
  return word.toLowerCase().replaceAll(/[-_.\s"']/g, '');
}

/** The candidate that `word` most likely means, or undefined if none is near (a third of its letters, at least one). */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const text = folded(word).slice(0, 64);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(text.length / 3)) + 1;
  for (const candidate of candidates) {
    const cost = distance(text, folded(candidate));
    if (cost < least) {
      best = candidate;
      least = cost;
    }
  }
  return best;
}

/** `; did you mean "x"?`, or nothing. */
export function hint(word: string, candidates: Iterable<string>): string {
  const guess = didYouMean(word, candidates);
  return guess === undefined ? '' : `; did you mean "${guess}"?`;
}
