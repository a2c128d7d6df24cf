type Json = Readonly<Record<string, unknown>>;

const TEXT_MAPS = new Set(['labels', 'annotations']);
const QUANTITY_MAPS = new Set(['capacity', 'allocatable']);
const TIMES = new Set(['creationTimestamp', 'lastHeartbeatTime', 'lastTransitionTime', 'time', 'timeAdded']);
/** Of an object in a list protobuf does not say its kind again. */
const UNSAID = new Set(['apiVersion', 'kind']);

/** A list of nodes (its JSON) as protobuf's text form of `kubernetes.Unknown`, for `protoc --encode`. */
export function nodeListText(list: { readonly metadata?: unknown; readonly items: readonly unknown[] }): string {
  const items = list.items.map((item) =>
    fieldText('items', Object.fromEntries(Object.entries(item as Json).filter(([name]) => !UNSAID.has(name)))),
  );
  return [
    'typeMeta { apiVersion: "v1" kind: "NodeList" }',
    `raw { ${fieldText('metadata', list.metadata ?? {})} ${items.join('\n')} }`,
    'contentEncoding: "" contentType: ""',
  ].join('\n');
}

function fieldText(name: string, value: unknown): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.map((one) => fieldText(name, one)).join(' ');
  if (TIMES.has(name)) return `${name} { seconds: ${Date.parse(String(value)) / 1_000} }`;
  if (name === 'fieldsV1') return `${name} { Raw: ${quoted(JSON.stringify(value))} }`;
  if (typeof value === 'string') return `${name}: ${quoted(value)}`;
  if (typeof value !== 'object') return `${name}: ${String(value)}`;
  const fields = Object.entries(value);
  if (TEXT_MAPS.has(name)) return fields.map(([key, text]) => entryText(name, key, `: ${quoted(text)}`)).join(' ');
  if (QUANTITY_MAPS.has(name))
    return fields.map(([key, text]) => entryText(name, key, ` { string: ${quoted(text)} }`)).join(' ');
  return `${name} { ${fields.map(([inner, one]) => fieldText(inner, one)).join(' ')} }`;
}

function entryText(name: string, key: string, value: string): string {
  return `${name} { key: ${quoted(key)} value${value} }`;
}

/** A text as JSON writes it is one for protoc too. */
function quoted(text: unknown): string {
  return JSON.stringify(String(text));
}
