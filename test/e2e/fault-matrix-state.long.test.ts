import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { startFaultProxy } from '../sim/fault-proxy.ts';
import { startGcsServer } from '../sim/gcs-server.ts';
import { FAULT_NAMES, type FaultName, heal, inject } from '../support/fault-cells.ts';
import { startMatrixWorld } from '../support/matrix-world.ts';
import type { PatientClock } from '../support/patient-clock.ts';
import { MOTO_SERVER, type Moto, startMoto } from '../support/state-moto.ts';

const BUCKET = 'matrix';

/** Each fault of the store, for one request and for five ticks: nothing is lost, and what is not known is told. */
async function suffer(
  fault: FaultName,
  { ticks, once }: { readonly ticks: number; readonly once: boolean },
  store: { readonly target: string; uri(endpoint: string): string },
): Promise<{ readonly during: readonly TickReport[]; readonly after: readonly TickReport[] }> {
  let clock: PatientClock | undefined;
  await using proxy = await startFaultProxy({
    target: store.target,
    during: (work) => (clock === undefined ? work() : clock.during(work)),
  });
  await using world = await startMatrixWorld(() => ({
    HEAPLESS_SINK: 'log:?levels=cluster,node,pod',
    HEAPLESS_STATE: store.uri(proxy.url),
  }));
  clock = world.clock;
  await world.tick();
  await inject(proxy, fault, { once });
  const during: TickReport[] = [];
  for (let tick = 0; tick < ticks; tick++) during.push(...(await world.tick()));
  await heal(proxy, fault);
  await world.tick();
  const after = await world.tick();

  for (const { status, nodes, sinks } of [...during, ...after]) {
    expect(status).toBe('whole');
    expect(nodes.answered).toBe(nodes.planned);
    for (const { encoded, delivered } of sinks) expect(delivered).toBe(encoded);
  }
  // The claims are made and released again, rates go on, and nothing is left to complain of but the store's real clock.
  const complaints = after.flatMap(({ warnings }) => warnings).filter((warning) => !/machine's clock is/.test(warning));
  expect(complaints).toEqual([]);
  return { during, after };
}

function expectTold(fault: FaultName, during: readonly TickReport[]): void {
  for (const { warnings } of during) {
    const told = warnings.join('\n');
    if (fault === 'clock off')
      expect(told).toMatch(/this machine's clock is \d+ s (behind|ahead of) the state store's/);
    else expect(told).toMatch(/could not be claimed: state /);
  }
}

const CELLS = FAULT_NAMES.flatMap((fault) => [
  { fault, ticks: 5, once: false, when: 'five ticks' },
  ...(fault === 'refuse' ? [] : [{ fault, ticks: 1, once: true, when: 'one request' }]),
]);

describe.concurrent('gs: meets', () => {
  it.each(CELLS)(
    '$fault for $when',
    async ({ fault, ...how }) => {
      const server = await startGcsServer(BUCKET, undefined);
      try {
        const { during } = await suffer(fault, how, {
          target: server.endpoint,
          uri: (endpoint) => `gs://${BUCKET}/p?anonymous=true&endpoint=${encodeURIComponent(endpoint)}`,
        });

        if (!how.once) expectTold(fault, during);
      } finally {
        await server.stop();
      }
    },
    60_000,
  );
});

describe.concurrent('s3: meets', () => {
  let moto: Moto | undefined;

  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-secret');
    if (MOTO_SERVER === undefined) return;
    moto = await startMoto();
    const made = await fetch(`${moto.endpoint}/${BUCKET}`, { method: 'PUT' });
    expect(made.status).toBe(200);
  }, 60_000);

  afterAll(async () => {
    await moto?.stop();
    vi.unstubAllEnvs();
  });

  it.for(CELLS)('$fault for $when', { timeout: 60_000 }, async ({ fault, ...how }: (typeof CELLS)[number], context) => {
    if (moto === undefined) return context.skip('moto_server is not installed: pip install moto[server]');
    const { endpoint: target } = moto;
    const prefix = `${fault} ${how.when}`.replaceAll(' ', '-');

    const { during } = await suffer(fault, how, {
      target,
      uri: (endpoint) => `s3://${BUCKET}/${prefix}?region=us-east-1&endpoint=${encodeURIComponent(endpoint)}`,
    });

    if (!how.once) expectTold(fault, during);
  });
});
