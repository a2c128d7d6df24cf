/** How names of labels are written: `renameLabels` first, then `labelStyle`. */
export type CustomizeLabel = (name: string) => string;

export type LabelStyle = 'lowerCamelCase' | 'upperCamelCase';

/** Names of labels as Heapster's StatsD sink has them: a renamed one as it was asked for, others in camel case. */
export function createLabelStyle(style: LabelStyle, renamed: ReadonlyMap<string, string>): CustomizeLabel {
  return (name) => renamed.get(name) ?? camelCase(name, style);
}

/** `pod_name` → `podName` or `PodName`; what has no underscore but for its first letter stays as it is. */
function camelCase(name: string, style: LabelStyle): string {
  const [first = '', ...rest] = name.split('_').filter((part) => part !== '');
  const head = style === 'upperCamelCase' ? upperFirst(first) : first.slice(0, 1).toLowerCase() + first.slice(1);
  return head + rest.map(upperFirst).join('');
}

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** `old:new,old2:new2` as a map; undefined if a part is not of that form. */
export function readRenamed(parts: readonly string[]): ReadonlyMap<string, string> | undefined {
  const pairs = parts.map((part) => part.split(':').map((name) => name.trim()));
  const isWhole = pairs.every((pair) => pair.length === 2 && pair.every((name) => name !== ''));
  return isWhole ? new Map(pairs as [string, string][]) : undefined;
}
