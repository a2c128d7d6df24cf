import { describe, expect, it } from 'vitest';
import { type RouteFacts, routeFinding } from '../../../../shared/app/doctor/route-finding.ts';

const GOOD: RouteFacts = { route: 'proxy', allowed: new Set(['proxy']), answers: true, bounded: true, nodes: 10 };

describe('the route', () => {
  it.each([
    ['proxy that works', {}, 'ok', undefined],
    ['proxy without a policy', { bounded: false }, 'note', 'route=direct in the source'],
    ['proxy of many nodes', { nodes: 5_000 }, 'note', /^route=direct in the source, where/],
    ['direct that works', { route: 'direct', allowed: new Set(['direct']) }, 'ok', undefined],
    [
      'metrics-api, where more could be had',
      { route: 'metrics-api', allowed: new Set(['metrics-api', 'proxy']) },
      'note',
      /^route=proxy/,
    ],
    ['metrics-api and nothing else', { route: 'metrics-api', allowed: new Set(['metrics-api']) }, 'ok', undefined],
    [
      'proxy without its right, where direct has its own',
      { allowed: new Set(['direct']) },
      'note',
      'route=direct in the source',
    ],
    [
      'proxy that does not answer, where another may',
      { allowed: new Set(['proxy', 'metrics-api']), answers: false },
      'note',
      /metrics-api/,
    ],
    ['proxy without anything', { allowed: new Set() }, 'note', undefined],
  ] as const)('%s', (_what, facts, status, mend) => {
    const finding = routeFinding({ ...GOOD, ...(facts as Partial<RouteFacts>) });

    expect(finding.status).toBe(status);
    if (mend === undefined) expect(finding.mend).toBeUndefined();
    else expect(finding.mend).toMatch(mend);
  });
});
