// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables and secrets in URIs
import { describe, expect, it } from 'vitest';
import type { ComponentUri } from '../../../shared/config/config.ts';
import { parseUri } from '../../../shared/config/uri.ts';
import { uriAddress } from '../../../shared/config/uri-address.ts';

const ENV = { HOST: 'db.example', PW: 'a$b&c+d#e%f@g/h?i=j ${HOST}', URL: 'http://u:p%40@h:8086?db=k8s', EMPTY: '' };

function options(uri: ComponentUri): Record<string, readonly string[]> {
  return Object.fromEntries(uri.options);
}

function problemOf(text: string): string {
  try {
    parseUri(text, ENV);
  } catch (error) {
    return error instanceof Error ? error.message : 'not an error';
  }
  return 'no problem';
}

describe('parseUri', () => {
  it.each(['log', 'log:', "log:''", 'log:""'])('takes %s as an empty address', (text) => {
    expect(parseUri(text, {})).toMatchObject({ key: 'log', scheme: '', host: '', path: '', user: undefined });
  });

  it('parses the first command line of Heapster', () => {
    const uri = parseUri(
      'stackdriver:?cluster_name=prod&use_old_resources=true&use_new_resources=false&min_interval_sec=100&batch_export_timeout_sec=110',
      {},
    );
    expect(uri.key).toBe('stackdriver');
    expect(options(uri)).toEqual({
      cluster_name: ['prod'],
      use_old_resources: ['true'],
      use_new_resources: ['false'],
      min_interval_sec: ['100'],
      batch_export_timeout_sec: ['110'],
    });
  });

  it.each([
    ["k:''?a=b", { path: '', host: '' }, { a: ['b'] }],
    ['k:?a=b&a=c&d', { path: '' }, { a: ['b', 'c'], d: [''] }],
    ['k:https://h:443?x=y', { scheme: 'https', host: 'h:443', path: '' }, { x: ['y'] }],
    ['k:https://h/p%20q/r', { scheme: 'https', host: 'h', path: '/p q/r' }, {}],
    ['k:Host.a:2878?x=y', { scheme: 'host.a', host: '', path: '2878' }, { x: ['y'] }],
    ['k:10.0.0.1:2878?x=y', { scheme: '', host: '10.0.0.1:2878', path: '' }, { x: ['y'] }],
    ['k:[::1]:2878', { scheme: '', host: '[::1]:2878' }, {}],
    ['k:http://[fe80::1]:80/', { host: '[fe80::1]:80', path: '/' }, {}],
    ['k:https://me:p%40ss:w@h', { host: 'h', user: 'me', password: 'p@ss:w' }, {}],
    ['file:/var/state', { path: '/var/state' }, {}],
    ['file:./state', { path: './state' }, {}],
    ['s3://bucket/prefix', { key: 's3', scheme: '', host: 'bucket', path: '/prefix' }, {}],
    ['k:?a=1+2%2B3&&b=%24HOST', {}, { a: ['1 2+3'], b: ['$HOST'] }],
    ['kubernetes.summary_api:eks://eu-west-1/prod', { scheme: 'eks', host: 'eu-west-1', path: '/prod' }, {}],
  ])('reads %s', (text, parts, expected) => {
    const uri = parseUri(text, {});
    expect(uri).toMatchObject(parts);
    expect(options(uri)).toEqual(expected);
  });

  it('puts variables in after parsing and takes their values literally', () => {
    const uri = parseUri('influxdb:http://me:$PW@${HOST}:8086?pw=$PW&user=x-${PW}&none=$EMPTY', ENV);
    expect(uri).toMatchObject({ host: 'db.example:8086', user: 'me', password: ENV.PW });
    expect(options(uri)).toEqual({ pw: [ENV.PW], user: [`x-${ENV.PW}`], none: [''] });
  });

  it('takes a variable at the start as the text of a URL', () => {
    const uri = parseUri('influxdb:$URL&pw=$PW', ENV);
    expect(uri).toMatchObject({ scheme: 'http', host: 'h:8086', user: 'u', password: 'p@' });
    expect(options(uri)).toEqual({ db: ['k8s'], pw: [ENV.PW] });
    expect(parseUri('graphite:$HOST:2003', ENV)).toMatchObject({ scheme: 'db.example', path: '2003' });
  });

  it('takes $$ as a dollar', () => {
    expect(options(parseUri('k:?pw=a$$bc$$$PW', { PW: 'x' }))).toEqual({ pw: ['a$bc$x'] });
  });

  it('keeps references to secrets for later', () => {
    const uri = parseUri('k:http://$HOST?pw=x${secret:prod/db#pw&?}y', ENV);
    expect(options(uri)).toEqual({ pw: ['x${secret:prod/db#pw&?}y'] });
    expect(uri.secretParts).toEqual(new Set(['option pw']));
  });

  it.each([
    ['', 'uri: the key before the first colon is missing; write KEY:ADDRESS?OPTIONS'],
    [':x', 'uri: the key before the first colon is missing; write KEY:ADDRESS?OPTIONS'],
    ['"log:"', 'uri: begins with a quote; remove the quotes around the whole value'],
    ["k:'https://h'", 'k: the address begins with a quote; remove the quotes around the value'],
    ['k::x', 'k: the address begins with a colon; a scheme or host is missing'],
    ['k:?a=b#c', 'k: has a "#", and what follows it would be lost; write %23'],
    ['k:?a=%zz', 'k: a has a malformed %-escape; write %25 for a "%"'],
    ['k:?a=%ff', 'k: a has a malformed %-escape; write %25 for a "%"'],
    ['k:?a=$1', 'k: a has a "$" that begins no reference; write $$ for a "$"'],
    ['k:?a=b$', 'k: a has a "$" that begins no reference; write $$ for a "$"'],
    ['k:?a=1;b=2', 'k: a has a ";"; write & between options, or %3B in a value'],
    ['k:?a=$NOPE', 'k: a refers to the environment variable NOPE, which is not set; set it, or write $$ for a "$"'],
    [
      'k:$NOPE',
      'k: the address refers to the environment variable NOPE, which is not set; set it, or write $$ for a "$"',
    ],
    ['k:${secret:a}', 'k: a secret cannot be the address; refer to it in the options or before the "@"'],
    ['k:http://${secret:a}:80', 'k: a secret cannot be the host'],
    ['k:http://h:99999', 'k: the host is not valid; write HOST:PORT, and %40, %2F for "@", "/" in a password'],
    ['k:http://h:8x', 'k: the host is not valid; write HOST:PORT, and %40, %2F for "@", "/" in a password'],
  ])('refuses %s', (text, message) => {
    expect(problemOf(text)).toBe(message);
  });

  it('reports every problem at once', () => {
    expect(problemOf('k:?a=%zz&b=$NOPE').split('\n')).toHaveLength(2);
  });

  it.each([
    'k:?pw=hunter$hunter2',
    'k:?pw=$hunter2',
    'k:http://me:hunter2%zz@h',
    'k:?pw=a&hunter2',
    'k:?pw=a&hunter2@=',
    'k:http://me:a?hunter2@h',
    'k:http://me:hunter2/a@h',
  ])('does not repeat the password of %s in a problem', (text) => {
    const message = problemOf(text);
    expect(message).toMatch(/^k: /);
    expect(message).not.toContain('hunter2');
  });

  it.each([
    ['influxdb:http://me:x@h:8086?pw=y&user=me', 'influxdb:http://***@h:8086?pw=***&user=me'],
    ['k:$URL?api_key=$K&db=$DB', 'k:$URL?api_key=***&db=$DB'],
    ['k:?p%77=abc', 'k:?p%77=***'],
    ['k:?auth=/etc/kube&token_file=/t', 'k:?auth=/etc/kube&token_file=/t'],
    ['k:?auth={"users":[]}', 'k:?auth=***'],
    ['k:?auth=${secret:prod/kube}', 'k:?auth=${secret:prod/kube}'],
  ])('shows %s as %s', (text, shown) => {
    expect(parseUri(text, { URL: 'http://h', K: 'k', DB: 'd' }).shown).toBe(shown);
  });
});

describe('uriAddress', () => {
  it.each([
    ['k:tcp://h:2003', 'h:2003'],
    ['k:10.0.0.1:2878', '10.0.0.1:2878'],
    ['k:host:2878', 'host:2878'],
    ["k:''", ''],
    ['k:file:x', ''],
  ])('of %s is "%s"', (text, address) => {
    expect(uriAddress(parseUri(text, {}))).toBe(address);
  });
});
