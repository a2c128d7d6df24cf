import { equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { parseUri } from '../../shared/config/uri.ts';
import { ConfigError } from '../../shared/core/errors.ts';
import { type FuzzSuite, property, together } from './suite.ts';

const SECRET = 'q7Zz-hidden-Zz7q';
const braced = (name: string): string => `$\{${name}}`;
const ENV = { NAME: 'plain', URL: 'http://u:p@h:1/p?a=b', ODD: '&=#%$?/@: ', DB_PASSWORD: SECRET };

const piece = fc.oneof(
  fc.constantFrom(
    ...[
      'influxdb',
      'kubernetes.summary_api',
      'file',
      's3',
      'log',
      ':',
      '::',
      '//',
      '///',
      '/',
      '?',
      '&',
      '=',
      '@',
      '#',
    ],
    ...[
      '%',
      '%41',
      '%zz',
      '%00',
      '+',
      '$',
      '$$',
      '$NAME',
      braced('NAME'),
      '$URL',
      braced('ODD'),
      '$MISSING',
      braced('secret:a/b'),
    ],
    ...["''", '""', "'", '"', '[::1]', '[', ']', ':65535', ':99999', 'a=1', 'levels=node', 'http:', 'host', ' ', '\0'],
  ),
  fc.string({ maxLength: 6 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

const total = property(text, (written) => {
  try {
    const uri = parseUri(written, ENV);
    for (const part of [uri.key, uri.scheme, uri.host, uri.path, uri.shown]) equal(typeof part, 'string');
    for (const [name, values] of uri.options) {
      equal(typeof name, 'string');
      ok(values.every((value) => typeof value === 'string'));
    }
  } catch (error) {
    ok(error instanceof ConfigError, String(error));
    ok(error.problems.length > 0);
  }
});

/** A secret in a password, plainly or by reference, among anything else. */
const withSecret = fc.record({
  before: fc.constantFrom('influxdb:http://u:', 'opentsdb:tsdb:', 'x:https://user:'),
  secret: fc.constantFrom(SECRET, '$DB_PASSWORD', braced('DB_PASSWORD')),
  middle: fc.constantFrom('@host:8086', '@h', '@[::1]:1'),
  options: fc.array(
    fc.constantFrom('a=1', 'a=%zz', 'b', 'user=$MISSING', 'c=$', '=', 'x=#', `y=${braced('secret:n')}`),
    {
      maxLength: 4,
    },
  ),
  again: fc.constantFrom('', `password=${SECRET}`, 'password=$DB_PASSWORD', `esUserSecret=${SECRET}`),
});

const silent = property(withSecret, ({ before, secret, middle, options, again }) => {
  const written = `${before}${secret}${middle}?${[...options, again].join('&')}`;
  const said = ((): string => {
    try {
      return parseUri(written, ENV).shown;
    } catch (error) {
      ok(error instanceof ConfigError, String(error));
      return error.message;
    }
  })();
  ok(!said.includes(SECRET), `${written} → ${said}`);
});

/** A URI that is made of known parts is read as these parts. */
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const anyText = fc.string({ unit: 'grapheme', maxLength: 12 });
const parts = fc.record({
  key: word,
  host: word,
  port: fc.integer({ min: 1, max: 65_535 }),
  path: fc.array(
    anyText.filter((segment) => !['', '.', '..'].includes(segment)),
    { maxLength: 3 },
  ),
  options: fc.dictionary(word, fc.array(anyText, { minLength: 1, maxLength: 3 }), { maxKeys: 4 }),
});

const faithful = property(parts, ({ key, host, port, path, options }) => {
  const segments = path.map((segment) => `/${encodeURIComponent(segment)}`).join('');
  const query = Object.entries(options).flatMap(([name, values]) =>
    values.map((value) => `${name}=${encodeURIComponent(value)}`),
  );
  const uri = parseUri(`${key}:http://${host}:${port}${segments}?${query.join('&')}`, {});
  equal(uri.key, key);
  equal(uri.host, `${host}:${port}`);
  equal(uri.path, path.map((segment) => `/${segment}`).join(''));
  equal(JSON.stringify([...uri.options].sort()), JSON.stringify(Object.entries(options).sort()));
});

/** URIs of sources, sinks and state: any text, secrets, and what is known of the parts. */
export const uri: FuzzSuite = { name: 'uri', share: 0.1, run: together(total, silent, faithful) };
