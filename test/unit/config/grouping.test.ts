import { describe, expect, it } from 'vitest';
import { parseGroupings } from '../../../shared/config/grouping.ts';

function problemsOf(text: string): readonly string[] {
  const problems: string[] = [];
  parseGroupings(text, (problem) => problems.push(problem));
  return problems;
}

describe('parseGroupings', () => {
  it('reads parts and keys, white space removed', () => {
    const groupings = parseGroupings(
      'namespace, label:app.kubernetes.io/name; node-label:topology.kubernetes.io/zone;workload,node; ',
      (problem) => expect.fail(problem),
    );
    expect(groupings).toEqual([
      {
        text: 'namespace,label:app.kubernetes.io/name',
        keys: [
          { kind: 'namespace', name: 'namespace' },
          { kind: 'label', name: 'app.kubernetes.io/name' },
        ],
      },
      {
        text: 'node-label:topology.kubernetes.io/zone',
        keys: [{ kind: 'node-label', name: 'topology.kubernetes.io/zone' }],
      },
      {
        text: 'workload,node',
        keys: [
          { kind: 'workload', name: 'workload' },
          { kind: 'node', name: 'node' },
        ],
      },
    ]);
  });

  it('is empty for an empty text', () => {
    expect(parseGroupings(' ', (problem) => expect.fail(problem))).toEqual([]);
  });

  it.each([
    ['label:', '"" cannot be the name of a Kubernetes label'],
    ['label:a/b/c', '"a/b/c" cannot be the name of a Kubernetes label'],
    ['label:-app', '"-app" cannot be the name of a Kubernetes label'],
    ['label:type', 'label:type cannot be a key, because type is a label of every row'],
    ['node-label:hostname', 'node-label:hostname cannot be a key, because hostname is a label of every row'],
    ['app', 'unknown key "app"; a key is namespace, node, workload, label:NAME or node-label:NAME'],
    [
      'nodelabel:zone',
      'unknown key "nodelabel:zone"; did you mean "node-label"? a key is namespace, node, workload, label:NAME or node-label:NAME',
    ],
    ['namespace,', '"namespace," has an empty key; a key is namespace, node, workload, label:NAME or node-label:NAME'],
    [
      'label:zone,node-label:zone',
      '"label:zone,node-label:zone" has two keys of one name; their values could not be told apart',
    ],
    ['node,namespace;namespace,node', '"namespace,node" groups as "node,namespace" does; remove one'],
  ])('refuses %s', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });
});
