import { describe, expect, it } from 'vitest';
import { describeOptions } from '../../../../shared/config/describe-options.ts';
import { parseOptions } from '../../../../shared/config/options.ts';
import { parseUri } from '../../../../shared/config/uri.ts';
import * as z from '../../../../shared/core/zod.ts';
import { AUTH_KINDS, authKindOf } from '../../../../shared/sinks/auth/auth-kind.ts';
import { authOptions } from '../../../../shared/sinks/auth/auth-options.ts';
import { authProblems } from '../../../../shared/sinks/auth/auth-problems.ts';

const ALL = z.object(authOptions(AUTH_KINDS));

function problemsOf(text: string): readonly string[] {
  const uri = parseUri(text, {});
  return authProblems(parseOptions(uri, ALL, 'sink x'), uri);
}

describe('options of authentication', () => {
  it('are those of the kinds that a sink has, each described', () => {
    const some = z.object(authOptions(['none', 'basic', 'bearer']));

    expect(Object.keys(some.shape)).toEqual(['auth', 'user', 'password', 'token', 'token_file']);
    expect(describeOptions(ALL).map(({ name }) => name)).toContain('client_id');
  });

  it('refuse a kind that the sink does not have, and never repeat a secret', () => {
    const some = z.object(authOptions(['none', 'basic']));
    const parse = (text: string) => () => parseOptions(parseUri(text, {}), some, 'sink x');

    expect(parse('x:https://h?auth=sigv4')).toThrow('auth must be one of none, basic, got "sigv4"');
    expect(problemsOf('x:https://h?token=a%20b').join()).not.toContain('a b');
  });

  it.each([
    ['x:https://h', 'none'],
    ['x:https://me:pw@h', 'basic'],
    ['x:https://h?user=me', 'basic'],
    ['x:https://h?token=t', 'bearer'],
    ['x:https://h?token_file=/t', 'bearer'],
    ['x:https://h?auth=google', 'google'],
  ])('of %s mean %s', (text, kind) => {
    const uri = parseUri(text, {});

    expect(authKindOf(parseOptions(uri, ALL, 'sink x'), uri)).toBe(kind);
  });

  it('mean the default of the sink where nothing is given', () => {
    expect(authKindOf({}, { user: undefined }, 'sigv4')).toBe('sigv4');
    expect(authKindOf({ token: 't' }, { user: undefined }, 'sigv4')).toBe('bearer');
  });

  it.each([
    'x:https://me:pw@h',
    'x:https://me@h?password=pw',
    'x:https://h?token_file=/t',
    'x:https://aps-workspaces.eu-west-1.amazonaws.com?auth=sigv4',
    'x:http://127.0.0.1:4318?auth=google&scope=https://s',
    'x:http://plain:9090',
  ])('%s has no problem', (text) => {
    expect(problemsOf(text)).toEqual([]);
  });

  it.each([
    ['x:https://h?auth=none&password=p', 'password has no effect with auth=none; remove it or set another auth='],
    ['x:https://me@h?auth=bearer&token=t', 'has a user in the address, which has no effect with auth=bearer'],
    ['x:https://me:pw@h?user=you', 'has a user in the address and in user='],
    ['x:https://me:pw@h?password=p', 'has a password in the address and in password='],
    ['x:https://h?auth=basic', 'auth=basic needs a user, as user= or in the address'],
    ['x:https://h?user=a:b', 'has a user with a ":", which basic authentication cannot send'],
    ['x:https://h?auth=bearer', 'auth=bearer needs token= or token_file='],
    ['x:https://h?token=t&token_file=/t', 'takes token= or token_file=, not both'],
    [
      'x:https://h?token=a%20b',
      'token must be one word of printable characters; it is empty or has white space inside',
    ],
    ['x:https://h?auth=sigv4', 'auth=sigv4 needs aws_service=, because the host name does not tell the service'],
    ['x:https://h?auth=sigv4&aws_service=A', 'aws_service must be lower-case letters, digits and "-"'],
    ['x:http://h?auth=entra', 'needs https://, to keep the token secret'],
    ['x:https://h?auth=google&client_id=1', 'client_id has no effect with auth=google; remove it or set another auth='],
  ])('%s: %s', (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
  });

  it('that a sink reads elsewhere are no problem', () => {
    const uri = parseUri('x:https://h?region=eu-west-1', {});

    expect(authProblems({ region: 'eu-west-1' }, uri, { shared: ['region'] })).toEqual([]);
  });
});
