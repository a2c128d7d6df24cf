import type { Manifest } from './manifest.ts';

/** Words that a reader of YAML 1.1 or 1.2 takes for something else than a text. */
const TYPED = /^(?:true|false|yes|no|on|off|y|n|null|~)$/i;
/** A text that can stand without quotes: no indicator at its start, nothing that ends a plain scalar. */
const PLAIN = /^[A-Za-z/][\w./ ()-]*$/;

/** Objects as one YAML stream, comments above their objects. */
export function renderManifests(manifests: readonly Manifest[]): string {
  return manifests.map(({ comment, object }) => `${commentLines(comment)}${renderYaml(object)}`).join('---\n');
}

/** A plain value (objects, arrays, texts, numbers, booleans) as YAML. Throws `TypeError` for anything else. */
export function renderYaml(value: unknown): string {
  if (isScalar(value)) return `${scalar(value)}\n`;
  return block(value, '');
}

function block(value: unknown, indent: string): string {
  if (Array.isArray(value)) return value.map((item: unknown) => listItem(item, indent)).join('');
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0)
    throw new TypeError(`no YAML for ${JSON.stringify(value)}`);
  return Object.entries(value)
    .filter(([, entry]) => entry !== undefined)
    .map(([key, entry]) => `${indent}${scalar(key)}:${nested(entry, indent)}`)
    .join('');
}

function nested(value: unknown, indent: string): string {
  if (isScalar(value)) return ` ${scalar(value)}\n`;
  if (isFlow(value)) return ` [${value.map(scalar).join(', ')}]\n`;
  return `\n${block(value, `${indent}  `)}`;
}

/** `- ` and the item, whose first line stands beside the dash. */
function listItem(item: unknown, indent: string): string {
  if (isScalar(item)) return `${indent}- ${scalar(item)}\n`;
  return `${indent}- ${block(item, `${indent}  `).slice(indent.length + 2)}`;
}

type Scalar = string | number | boolean;

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isFlow(value: unknown): value is readonly Scalar[] {
  return Array.isArray(value) && value.every((item) => isScalar(item) && String(item).length < 40);
}

function scalar(value: Scalar): string {
  if (typeof value !== 'string') return String(value);
  // A text in JSON is a text in YAML.
  return PLAIN.test(value) && !TYPED.test(value) && !value.endsWith(' ') ? value : JSON.stringify(value);
}

function commentLines(comment: string | undefined): string {
  return comment === undefined ? '' : `${comment.replaceAll(/^/gm, '# ')}\n`;
}
