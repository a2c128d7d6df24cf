import type { BenchCase } from '../case.ts';
import { USUAL_SHAPE } from '../cluster-shape.ts';
import { runContest } from '../contest.ts';
import { type Figure, fromSpread } from '../figure.ts';
import { ratiosOf } from '../statistics.ts';

const GROUP = 'pieces, without network';

/** Each pure piece alone, against `JSON.parse` of the same documents. */
export const pieces: BenchCase = {
  name: 'pieces',
  covers: ['decode', 'rates', 'enrich, aggregate, totals'],
  async run({ quick }) {
    const entries = await runContest({
      shape: { ...USUAL_SHAPE, nodes: quick ? 50 : 100 },
      contestants: [
        { name: 'parse', job: 'parse' },
        { name: 'decode', job: 'decode' },
        { name: 'rates', job: 'rates' },
        { name: 'enrich, aggregate, totals', job: 'totals' },
      ],
      warmups: quick ? 4 : 6,
      rounds: quick ? 5 : 12,
    });
    const cpu = (name: string): readonly number[] =>
      entries.get(name)?.measures.map((measure) => measure.cpuMillis) ?? [];
    const figure = (name: string, note: string): Figure => ({
      group: GROUP,
      name,
      unit: 'parse',
      note,
      ...fromSpread(ratiosOf(cpu(name), cpu('parse'))),
    });
    return [
      figure('decode', 'Summary to columns, its JSON.parse included'),
      figure('rates', 'one sample ago against now'),
      figure('enrich, aggregate, totals', 'two groupings'),
    ];
  },
};
