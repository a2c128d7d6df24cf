import { describe, expect, it } from 'vitest';
import { classify, type Target } from '../../../shared/kube/classify.ts';

const PROXY: Target = { verb: 'get', resource: 'nodes/proxy' };
const TOKEN = 'eyJhbGciOi.secret.token';
const NOSNIFF = { 'x-content-type-options': 'nosniff' };

function verdictOf(
  status: number,
  body: string | Readonly<Record<string, unknown>>,
  more: { readonly headers?: Readonly<Record<string, string>>; readonly target?: Target } = {},
) {
  const text = typeof body === 'string' ? body : `${JSON.stringify({ kind: 'Status', ...body })}\n`;
  return classify(
    { kind: 'answer', status, headers: more.headers ?? {}, body: Buffer.from(text), bytes: text.length },
    { target: more.target ?? PROXY, now: 0, secrets: [TOKEN] },
  );
}

function failureOf(...args: Parameters<typeof verdictOf>) {
  const verdict = verdictOf(...args);
  if (verdict.kind === 'ok') throw new Error('no failure');
  return { kind: verdict.kind, reason: verdict.failure.reason, message: verdict.failure.message };
}

const rbac = (user: string, verb: string, resource: string) =>
  `nodes "n" is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "" at the cluster scope`;

describe('classify', () => {
  it('takes a 200', () => {
    expect(verdictOf(200, '{}')).toEqual({ kind: 'ok' });
  });

  it.each([
    'error trying to reach service: dial tcp 192.0.2.1:10250: connect: network is unreachable',
    'error trying to reach service: EOF',
    'no preferred addresses found; known addresses: []',
  ])('calls a kubelet unreachable by what a 500 or 503 says: %s', (message) => {
    const verdicts = [500, 503].map((code) => failureOf(code, { message, code }));

    expect(verdicts.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['failed', 'unreachable'],
      ['failed', 'unreachable'],
    ]);
  });

  it('names the missing right of a 403 and how to grant it', () => {
    const message = rbac('system:serviceaccount:a:b', 'get', 'nodes/proxy');

    const failure = failureOf(403, { message, reason: 'Forbidden' }, { headers: NOSNIFF });

    expect(failure.reason).toBe('forbidden');
    expect(failure.message).toBe(
      '403: user "system:serviceaccount:a:b" may not get nodes/proxy: grant verb get on resource nodes/proxy in a ClusterRole',
    );
  });

  it('tells a refusal that the API server only passed on from its own', () => {
    const message = rbac('system:serviceaccount:kube-system:collector', 'get', 'nodes/proxy');

    const failure = failureOf(403, { message, reason: 'Forbidden' });

    expect(failure.message).toMatch(/^403: the kubelet refused the API server/);
  });

  it.each([
    'Forbidden (user=kube-apiserver, verb=get, resource=nodes, subresource=stats)',
    'Forbidden (user=kube-apiserver, verb=get, resource=nodes, subresource(s)=[stats proxy])\n',
  ])('knows the text of the kubelet itself: %s', (text) => {
    const failure = failureOf(403, text, { headers: NOSNIFF });

    expect(failure.message).toMatch(/the kubelet refused the API server \(user kube-apiserver, get nodes\/stats/);
  });

  it("keeps an admission policy's own words", () => {
    const message = 'nodes "n" is forbidden: ValidatingAdmissionPolicy \'p\' denied request: only /stats/summary';

    const failure = failureOf(403, { message, reason: 'Forbidden' }, { headers: NOSNIFF });

    expect(failure.message).toContain('only /stats/summary');
    expect(failure.message).toContain('(needed: get nodes/proxy)');
  });

  it.each([
    [401, 'unauthorized', 'unauthorized'],
    [429, 'busy', 'throttled'],
    [503, 'busy', 'server_error'],
    [500, 'failed', 'server_error'],
    [502, 'failed', 'server_error'],
    [504, 'failed', 'server_error'],
    [404, 'failed', 'not_found'],
    [201, 'failed', 'unexpected_status'],
    [204, 'failed', 'unexpected_status'],
    [302, 'failed', 'unexpected_status'],
    [400, 'failed', 'unexpected_status'],
    [405, 'failed', 'unexpected_status'],
    [410, 'failed', 'unexpected_status'],
    [418, 'failed', 'unexpected_status'],
  ])('makes of status %d: %s, %s', (status, kind, reason) => {
    const failure = failureOf(status, 'whatever');

    expect(failure).toMatchObject({ kind, reason });
    expect(failure.message.startsWith(`${status}: `)).toBe(true);
  });

  it('reads how long a busy server wants to be left alone', () => {
    const verdict = verdictOf(429, '', { headers: { 'retry-after': '7' } });

    expect(verdict).toMatchObject({ kind: 'busy', retryAfter: 7_000 });
  });

  it('never repeats a token or more than 256 characters of a body', () => {
    const failure = failureOf(500, `you sent ${TOKEN}\u0007\n${'x'.repeat(10_000)}`);

    expect(failure.message).not.toContain('secret');
    expect(failure.message).toContain('you sent *** xxx');
    expect(failure.message.length).toBeLessThanOrEqual(5 + 256);
  });

  it("does not show a redirect's path and query", () => {
    const failure = failureOf(307, '', { headers: { location: 'https://evil.example/x?token=abc' } });

    expect(failure.message).toContain('evil.example');
    expect(failure.message).not.toContain('abc');
  });
});
