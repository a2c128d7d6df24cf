import { describe, expect, it } from 'vitest';
import { createClusterObjects } from '../../bench/cluster-objects.ts';
import { USUAL_SHAPE } from '../../bench/cluster-shape.ts';
import { createObjectLists } from '../../bench/object-lists.ts';

interface Page {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly { readonly metadata: { readonly uid: string } }[];
}

const SHAPE = { ...USUAL_SHAPE, nodes: 4, podsPerNode: 7 };
const objects = createClusterObjects(SHAPE);

function pagesOf(query: Readonly<Record<string, string>>): readonly Page[] {
  const lists = createObjectLists(SHAPE, objects);
  const pages: Page[] = [];
  for (let token: string | undefined = ''; token !== undefined; token = pages.at(-1)?.metadata.continue) {
    const search = new URLSearchParams({ ...query, ...(token !== '' && { continue: token }) });
    const answer = lists.answer({ resource: 'pods', search, metadataOnly: false, protobuf: false, gzip: false });
    if (answer.status === 'bad') throw new Error(answer.message);
    pages.push(JSON.parse(answer.body.toString()) as Page);
  }
  return pages;
}

describe("the benchmark's lists", () => {
  it('have the pods of all nodes in order, whatever the size of their pages', () => {
    const pages = pagesOf({ limit: '5' });

    expect(pages.map(({ items }) => items.length)).toEqual([5, 5, 5, 5, 5, 3]);
    const every = Array.from({ length: SHAPE.nodes }, (_, node) => objects.pods(node)).flat();
    expect(pages.flatMap(({ items }) => items)).toEqual(every.map((pod) => JSON.parse(pod) as unknown));
  });

  it('have nothing of a node that there is not', () => {
    expect(pagesOf({ fieldSelector: 'spec.nodeName=nobody' }).map(({ items }) => items)).toEqual([[]]);
  });
});
