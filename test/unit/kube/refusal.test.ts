import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../../shared/kube/refusal.ts';

/** A Status as kube-apiserver 1.20 sends it. */
function status(code: number, reason: string, message: string): Buffer {
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  return Buffer.from(`${JSON.stringify(body)}\n`);
}

const NOSNIFF = { 'x-content-type-options': 'nosniff' };
const FORBIDDEN =
  'nodes "n" is forbidden: User "lister" cannot get resource "nodes/proxy" in API group "" at the cluster scope';

describe('a refusal', () => {
  it('by the API server has its status and the user it took us for', () => {
    const unauthorized = { status: 401, headers: {}, body: status(401, 'Unauthorized', 'Unauthorized') };
    const forbidden = { status: 403, headers: NOSNIFF, body: status(403, 'Forbidden', FORBIDDEN) };

    expect(refusalOf(unauthorized, 'nodes')).toEqual({ status: 401, user: undefined });
    expect(refusalOf(forbidden, 'nodes/proxy')).toEqual({ status: 403, user: 'lister' });
  });

  it.each([
    ['passed on from a kubelet', { status: 403, headers: {}, body: status(403, 'Forbidden', FORBIDDEN) }],
    [
      'by a kubelet in its own words',
      { status: 403, headers: NOSNIFF, body: Buffer.from('Forbidden (user=x, verb=get)') },
    ],
    ['by a proxy on the way', { status: 401, headers: {}, body: Buffer.from('<html>') }],
    ['that is none', { status: 500, headers: NOSNIFF, body: status(500, '', 'error trying to reach service: EOF') }],
    ['of a missing node', { status: 404, headers: NOSNIFF, body: status(404, 'NotFound', 'nodes "x" not found') }],
    ['for now', { status: 503, headers: NOSNIFF, body: status(503, 'ServiceUnavailable', 'no endpoints') }],
  ])("%s is not the API server's", (_, answer) => {
    expect(refusalOf(answer, 'nodes/proxy')).toBeUndefined();
  });
});
