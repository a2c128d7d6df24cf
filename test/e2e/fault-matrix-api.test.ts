import { describe, expect, it } from 'vitest';
import type { TickReport } from '../../shared/app/tick-report.ts';
import type { FailureReason } from '../../shared/kube/client.ts';
import type { ProxiedRequest } from '../sim/fault-proxy.ts';
import { FAULT_NAMES, type FaultName, heal, inject } from '../support/fault-cells.ts';
import { type MatrixWorld, startMatrixWorld } from '../support/matrix-world.ts';

/** What a node, or a list, is counted as that meets a fault all the time; undefined = it costs nothing. */
const REASONS: Readonly<Record<FaultName, FailureReason | undefined>> = {
  refuse: 'unreachable',
  reset: 'unreachable',
  hang: 'timeout',
  'slow drip': 'timeout',
  truncate: 'unreachable',
  'no HTTP': 'unreachable',
  'HTML page': 'not_json',
  '401': 'unauthorized',
  '403': 'forbidden',
  '404': 'not_found',
  '429': 'throttled',
  '500': 'server_error',
  '503': 'server_error',
  'clock off': undefined,
};

/** All nodes that meet the fault are counted by its reason; a busy server may be waited for until the node's time is over. */
function expectReasons(reasons: TickReport['nodes']['reasons'], fault: FaultName, nodes: number): void {
  const reason = REASONS[fault];
  const counted = { ...reasons };
  if (fault === '503' && reason !== undefined && counted['timeout'] !== undefined) {
    counted[reason] = (counted[reason] ?? 0) + counted['timeout'];
    delete counted['timeout'];
  }
  expect(counted).toEqual(reason === undefined ? {} : { [reason]: nodes });
}

/** Of lists, those that one more try cures. Of summaries only a busy server and a socket that died while idle are tried again. */
const CURED: ReadonlySet<FaultName> = new Set(['reset', 'truncate', 'no HTTP', 'HTML page', '500', '503', 'clock off']);

const isSummary = ({ path }: ProxiedRequest): boolean => path.includes('/proxy/stats/summary');
const isNodeList = ({ path }: ProxiedRequest): boolean => /\/api\/v1\/nodes(\?|$)/.test(path);
const isPodList = ({ path }: ProxiedRequest): boolean => path.startsWith('/api/v1/pods');

async function start(env: Readonly<Record<string, string>> = {}): Promise<MatrixWorld> {
  return await startMatrixWorld(() => ({ HEAPLESS_SINK: 'log:?levels=cluster,node,pod', ...env }));
}

/** Runs a healthy tick, `ticks` with the fault, and a healthy one; the other cluster must not notice. */
async function suffer(
  fault: FaultName,
  { ticks, once, on }: { readonly ticks: number; readonly once: boolean; readonly on: (r: ProxiedRequest) => boolean },
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly during: readonly TickReport[]; readonly after: TickReport }> {
  await using world = await start(env);
  const wells: TickReport[] = [];
  const tick = async (): Promise<TickReport> => {
    const [sick, well] = await world.tick();
    wells.push(well);
    return sick;
  };
  const before = await tick();
  await inject(world.api, fault, { once, on });
  const during: TickReport[] = [];
  for (let number = 0; number < ticks; number++) during.push(await tick());
  await heal(world.api, fault);
  const after = await tick();

  expect([before.status, after.status]).toEqual(['whole', 'whole']);
  expect(wells.every(({ status }) => status === 'whole')).toBe(true);
  for (const { nodes, sinks } of during) {
    expect(nodes.answered + nodes.failed + nodes.late).toBe(nodes.planned);
    for (const { encoded, delivered } of sinks) expect(delivered).toBe(encoded);
  }
  return { during, after };
}

describe.concurrent('the list of nodes meets', () => {
  it.each(FAULT_NAMES)(
    '%s for five ticks: there is nothing to collect, and the report says why',
    async (fault) => {
      const { during } = await suffer(fault, {
        ticks: 5,
        once: false,
        on: fault === 'clock off' ? () => true : isNodeList,
      });

      const reason = REASONS[fault];
      for (const report of during) {
        expect(report.status).toBe(reason === undefined ? 'whole' : 'nothing');
        if (reason === undefined) expect(report.warnings.join()).toMatch(/clock is 1\d{4} s behind the API server's/);
        else expect(report.reason).toMatch(new RegExp(`nodes could not be listed \\(${reason}\\): .`));
      }
    },
    60_000,
  );

  it.each(FAULT_NAMES.filter((fault) => fault !== 'refuse'))(
    '%s for one request: what passes costs nothing',
    async (fault) => {
      const { during } = await suffer(fault, { ticks: 1, once: true, on: isNodeList });

      expect(during[0]?.status).toBe(CURED.has(fault) ? 'whole' : 'nothing');
    },
    60_000,
  );
});

describe.concurrent('the list of pods meets', () => {
  it.each(FAULT_NAMES.filter((fault) => fault !== 'refuse'))(
    '%s for five ticks: labels and requests are missing, no node is',
    async (fault) => {
      const { during } = await suffer(fault, { ticks: 5, once: false, on: isPodList }, { HEAPLESS_MAX_IN_FLIGHT: '2' });

      const reason = REASONS[fault];
      for (const report of during) {
        expect(report).toMatchObject({ status: 'whole', nodes: { planned: 3, answered: 3 } });
        if (reason === undefined) expect(report.faults['pod_list_failed']).toBeUndefined();
        else expect(report.warnings.join('\n')).toMatch(`pods could not be listed (${reason})`);
      }
    },
    60_000,
  );
});

describe.concurrent('a summary meets', () => {
  const onOne = (request: ProxiedRequest): boolean => isSummary(request) && request.path.includes('demo-node-1');
  const faults = FAULT_NAMES.filter((fault) => fault !== 'refuse');

  it.each(faults)(
    '%s for five ticks on one of three nodes: the others are collected',
    async (fault) => {
      const { during } = await suffer(fault, { ticks: 5, once: false, on: onOne });

      const reason = REASONS[fault];
      for (const { status, nodes } of during) {
        expect(status).toBe(reason === undefined ? 'whole' : 'partial');
        expect(nodes.answered).toBe(reason === undefined ? 3 : 2);
        expectReasons(nodes.reasons, fault, 1);
      }
    },
    60_000,
  );

  it.each(faults)(
    '%s for five ticks on all nodes: nothing is collected, all are counted',
    async (fault) => {
      const { during } = await suffer(fault, { ticks: 5, once: false, on: isSummary });

      const reason = REASONS[fault];
      for (const { status, nodes } of during) {
        expect(status).toBe(reason === undefined ? 'whole' : 'nothing');
        expectReasons(nodes.reasons, fault, 3);
      }
    },
    60_000,
  );
});
