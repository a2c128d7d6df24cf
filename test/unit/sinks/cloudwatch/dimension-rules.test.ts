import { describe, expect, it } from 'vitest';
import { LEVELS } from '../../../../shared/core/level.ts';
import { collidingLevels, readDimensionRules } from '../../../../shared/sinks/cloudwatch/dimension-rules.ts';
import { DEFAULT_DIMENSIONS } from '../../../../shared/sinks/cloudwatch/dimensions.ts';

describe('readDimensionRules', () => {
  it('has a valid default for every level, under which no two levels write one series', () => {
    const { rules, problems } = readDimensionRules([]);

    expect(problems).toEqual([]);
    expect(LEVELS.map((level) => rules[level].map(({ name }) => name).join(','))).toEqual(
      LEVELS.map((level) => DEFAULT_DIMENSIONS[level]),
    );
    expect(collidingLevels(rules, LEVELS)).toEqual([]);
  });

  it('takes a rule per level, with stored labels and white space', () => {
    const { rules, problems } = readDimensionRules(['pod:ClusterName, label:team', 'ns:Namespace']);

    expect(problems).toEqual([]);
    expect(rules.pod).toEqual([
      { name: 'ClusterName', source: { kind: 'cluster' } },
      { name: 'team', source: { kind: 'label', key: 'team' } },
    ]);
    expect(rules.namespace.map(({ name }) => name)).toEqual(['Namespace']);
    expect(rules.node.map(({ name }) => name)).toEqual(['ClusterName', 'NodeName']);
  });

  it.each([
    ['pod', /must be LEVEL:NAME,NAME/],
    ['pods:PodName', /unknown level "pods"; did you mean "pod"/],
    ['pod:Podname', /"Podname".*did you mean "PodName"\? allowed are ClusterName, Type.*label:KEY/],
    ['cluster:PodName', /rows of level cluster do not have/],
    ['cluster:label:team', /rows of level cluster do not have/],
    ['pod:PodName,PodName', /dimension PodName for pod when it is taken/],
    ['pod:PodName,label:PodName', /dimension PodName for pod when it is taken/],
    ['pod:label:ResourceId', /dimension ResourceId for pod when it is taken/],
    ['group:ClusterName,*', /must have Grouping/],
  ])('refuses %s', (text, problem) => {
    expect(readDimensionRules([text]).problems.join('\n')).toMatch(problem);
  });

  it('refuses two rules for a level', () => {
    expect(readDimensionRules(['pod:PodName', 'pod:PodId']).problems).toEqual([
      'has two rules for pod; each level takes one',
    ]);
  });

  it('refuses more dimensions than a datum may have', () => {
    const many = Array.from({ length: 28 }, (_, index) => `label:l${index}`).join(',');

    expect(readDimensionRules([`pod:${many}`]).problems.join()).toMatch(/28 names for pod; 27 fit/);
  });
});

describe('collidingLevels', () => {
  it('finds levels whose values would be one series, whatever the order of names', () => {
    const { rules } = readDimensionRules(['pod:NodeName,ClusterName']);

    expect(collidingLevels(rules, ['node', 'pod']).join()).toMatch(
      /dimensions of node and pod are both ClusterName,NodeName/,
    );
    expect(collidingLevels(rules, ['pod', 'namespace'])).toEqual([]);
  });

  it('is content when Type tells them apart', () => {
    const { rules } = readDimensionRules(['pod:NodeName,ClusterName,Type']);

    expect(collidingLevels(rules, ['node', 'pod'])).toEqual([]);
  });
});
