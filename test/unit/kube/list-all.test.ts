import { describe, expect, it } from 'vitest';
import { keyOfObject, listAll, type PageResult } from '../../../shared/kube/list-all.ts';
import type { NodeObject } from '../../../shared/kube/types.ts';

type Page = PageResult<NodeObject>;

const page = (names: readonly string[], token = ''): Page => ({
  status: 'ok',
  page: { items: names.map((name) => ({ metadata: { name } })), continue: token },
  bytes: 10,
  size: 100,
});
const refused = (code: number, freshContinue = ''): Page => ({
  status: 'failed',
  reason: 'unexpected_status',
  message: `${code}`,
  code,
  freshContinue,
});

/** Lists from these answers in turn; gives the result, the paths and the sizes that were still allowed. */
async function list(answers: readonly Page[]) {
  const paths: string[] = [];
  const allowed: number[] = [];
  const result = await listAll({
    path: '/api/v1/nodes',
    query: { fieldSelector: 'spec.nodeName=a' },
    pageSize: 2,
    maxBytes: 1_000,
    keyOf: keyOfObject,
    fetchPage: (path, maxBytes) => {
      const answer = answers[paths.length];
      paths.push(path);
      allowed.push(maxBytes);
      if (answer === undefined) throw new Error('one request too many');
      return Promise.resolve(answer);
    },
  });
  const names = result.status === 'ok' ? result.value.map((node) => node.metadata?.name) : undefined;
  return { result, names, paths, allowed };
}

describe('listAll', () => {
  it('asks the cache for the first page and sends only the token with the others', async () => {
    const { names, paths, allowed, result } = await list([page(['a', 'b'], 't1'), page(['c'])]);

    expect(names).toEqual(['a', 'b', 'c']);
    expect(paths).toEqual([
      '/api/v1/nodes?fieldSelector=spec.nodeName%3Da&limit=2&resourceVersion=0',
      '/api/v1/nodes?fieldSelector=spec.nodeName%3Da&limit=2&continue=t1',
    ]);
    expect(allowed).toEqual([1_000, 900]);
    expect(result).toMatchObject({ status: 'ok', bytes: 20 });
  });

  it('shows an item once that an inconsistent list shows twice', async () => {
    const { names } = await list([page(['a', 'b'], 't1'), refused(410, 'fresh'), page(['b', 'c'])]);

    expect(names).toEqual(['a', 'b', 'c']);
  });

  it.each([400, 410])('begins anew once when a token is refused with %d', async (code) => {
    const { names, paths } = await list([page(['a'], 't1'), refused(code), page(['b'], 't2'), page(['c'])]);

    expect(names).toEqual(['b', 'c']);
    expect(paths[2]).toContain('resourceVersion=0');
  });

  it('fails when a token is refused again after that', async () => {
    const { result } = await list([page(['a'], 't1'), refused(400), page(['a'], 't1'), refused(400)]);

    expect(result).toMatchObject({ status: 'failed', message: '400' });
  });

  it('does not begin anew for what a first page or another status says', async () => {
    const first = await list([refused(400)]);
    const other = await list([page(['a'], 't1'), refused(403)]);

    expect([first.result.status, other.result.status]).toEqual(['failed', 'failed']);
  });

  it('does not follow fresh tokens for ever', async () => {
    const { result, paths } = await list([
      page(['a'], 't1'),
      refused(410, 'f1'),
      refused(410, 'f2'),
      refused(410, 'f3'),
      refused(410, 'f4'),
    ]);

    expect(result.status).toBe('failed');
    expect(paths).toHaveLength(5);
  });

  it('fails on a list that goes in circles', async () => {
    const { result } = await list([page(['a'], 't1'), page(['b'], 't1')]);

    expect(result).toMatchObject({ status: 'failed', reason: 'invalid' });
  });
});
