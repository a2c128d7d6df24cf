import { describe, expect, it } from 'vitest';
import { decodeNode } from '../../../shared/kube/decode-objects.ts';
import { readJsonList } from '../../../shared/kube/json-list.ts';

describe('readJsonList', () => {
  it('gives the items and the token of the next page', () => {
    const document = { metadata: { continue: 't1' }, items: [{ metadata: { name: 'a' } }] };

    const page = readJsonList(document, decodeNode);

    expect(page).toMatchObject({ items: [{ metadata: { name: 'a' } }], continue: 't1' });
  });

  it('takes items of null as an empty list', () => {
    expect(readJsonList({ metadata: {}, items: null }, decodeNode)).toEqual({ items: [], continue: '' });
  });

  it.each([
    [{ kind: 'Status', message: 'nope' }],
    [{}],
    [[]],
    ['text'],
    [null],
    [{ items: 'many' }],
    [{ items: { 0: 'a' } }],
  ])('says what is wrong with %j, which is no list', (document) => {
    expect(readJsonList(document, decodeNode)).toMatch(/no Kubernetes list|a Status instead of a list: nope/);
  });
});
