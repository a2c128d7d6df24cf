import { isSecretName } from './secret-names.ts';

const HIDDEN = '***';
const MAX_SHOWN = 128;

/** A literal that is long, or a document, is no setting to read but something pasted: a kubeconfig, a key. */
function isShowable(value: string): boolean {
  const literal = value.replaceAll(/\$\{[^{}]*\}/g, '');
  return literal.length <= MAX_SHOWN && !/[{}\n@]|%7b|%0a|%40/i.test(literal);
}

function redactOption(pair: string): string {
  const equals = pair.indexOf('=');
  if (equals < 0) return /^[\w.-]*$/.test(pair) ? pair : HIDDEN;
  const name = pair.slice(0, equals);
  if (!/^[\w.%-]+$/.test(name)) return HIDDEN;
  let decoded = name;
  try {
    decoded = decodeURIComponent(name);
  } catch {
    return HIDDEN;
  }
  const shown = !isSecretName(decoded) && isShowable(pair.slice(equals + 1));
  return shown ? pair : `${name}=${HIDDEN}`;
}

/**
 * The text of a URI with user, password and the values of secret-named options as `***`. References (`$NAME`,
 * `${secret:NAME}`) stay as they are written, so nothing of the environment is shown.
 */
export function redactUri(text: string): string {
  const question = text.indexOf('?');
  const address = question < 0 ? text : text.slice(0, question);
  const at = address.lastIndexOf('@');
  const slashes = address.indexOf('//');
  const start = slashes >= 0 ? slashes + 2 : address.indexOf(':') + 1;
  const shown = at > start ? `${address.slice(0, start)}${HIDDEN}${address.slice(at)}` : address;
  if (question < 0) return shown;
  return `${shown}?${text
    .slice(question + 1)
    .split('&')
    .map(redactOption)
    .join('&')}`;
}
