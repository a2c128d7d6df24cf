import { HOUR, MINUTE, type Millis } from '../../shared/core/units.ts';
import { code, GENERATED, markdownTable } from './markdown.ts';
import { type SinkPromise, sinkPromises } from './sink-promises.ts';

const COPIES: Readonly<Record<SinkPromise['copies'], string>> = {
  all: 'changes nothing',
  some: 'changes nothing of single values; sums of totals would grow',
  none: 'counts twice',
};

function promiseOf({ copies, late }: SinkPromise): string {
  const until = late === undefined ? 'repeated within its own tick' : 'repeated until it is taken or too old';
  if (copies === 'all') return `${until}, also after a doubt: stored once`;
  if (copies === 'none') return `${until}, never after a doubt: at most once`;
  return `${until}; single values also after a doubt, totals never: no sum is counted twice`;
}

function span(time: Millis): string {
  if (time >= 48 * HOUR) return `${Math.floor(time / (24 * HOUR))} days`;
  return time >= 2 * HOUR ? `${Math.floor(time / HOUR)} hours` : `${Math.floor(time / MINUTE)} minutes`;
}

const FAULTS: readonly (readonly [string, string, string])[] = [
  [
    'The scheduler starts a minute twice, or 50 times',
    'Nothing: one conditional write decides, the others are `skipped`.',
    '`test/e2e/races.long.test.ts`: five processes over `file:`, S3 and Azure Blob Storage',
  ],
  [
    'A process is killed (SIGKILL, out of memory, end of its time)',
    'What it had not delivered, or stored ahead (`--backlog-ahead`). Its lease ends by itself; the next minute is whole.',
    '`npm run kill-runs`, `test/e2e/kill.long.test.ts` (before and after each of its effects)',
  ],
  [
    'The platform runs the minute of a killed process again',
    'Nothing where a copy changes nothing. What would count twice is not sent again, and is counted as rejected.',
    '`npm run kill-runs`',
  ],
  [
    'A process stands still for longer than its lease',
    'Its minute. When it goes on it begins no request and writes no state; a request that was under way may still end.',
    '`test/e2e/races.long.test.ts` (SIGSTOP, SIGCONT)',
  ],
  [
    'A backend is down, slow or full',
    'Nothing within the bounds of the backlog; after them the oldest points, counted as `expired`. Other sinks lose nothing.',
    '`test/e2e/fault-matrix-sinks.long.test.ts` (14 faults at seven sinks), `fault-matrix-rpc`, `fault-matrix-lines`, `test/e2e/backlog.test.ts`, `test/e2e/model.long.test.ts`',
  ],
  [
    'A backend takes a request and its answer is lost',
    'Nothing where a copy changes nothing; else the request counts as dropped, though it may be stored.',
    '`test/contract/sinks`, `npm run kill-runs`',
  ],
  [
    'The state store fails',
    'No point. Rates start anew, claims cannot be made (two runs may export one minute), nothing can wait: a warning each.',
    '`test/e2e/fault-matrix-state.long.test.ts`, `test/e2e/model.long.test.ts`, `test/property`',
  ],
  [
    'Anything that a tick waits for never answers',
    'What it stands for, with a warning. The tick is back, its numbers out and its claim released before its time ends.',
    '`test/e2e/deadlines.test.ts` (a hang at each dependency in turn)',
  ],
  [
    'An object of the state store is damaged',
    'What it stood for: it is put aside or replaced, with a warning. Damage is found by a checksum, never used.',
    '`npm run fuzz` (suite `state`)',
  ],
  [
    'A kubelet or the API server answers with something else',
    'The rows of that node, counted by reason; totals say how complete they are.',
    '`test/e2e/fault-matrix-api.test.ts`, `test/e2e/bad-api-server.test.ts`, `npm run fuzz`',
  ],
  [
    'An answer is endless, a bomb, or has millions of entries',
    'That answer: it is refused at its cap. Measured with a heap of 256 MB.',
    '`test/e2e/memory.long.test.ts`',
  ],
];

/** docs/reliability.md: what is promised for each sink, what each fault costs, and how it is tested. */
export async function reliabilityPage(): Promise<string> {
  const promises = await sinkPromises();
  return [
    GENERATED,
    '# Reliability',
    '',
    'Every point is in a report once: encoded = delivered + rejected + dropped + spilled. What was spilled waits in the state store',
    'and is told again as replayed, rejected or expired. A missing value is missing; it is never 0 and never an old one.',
    '',
    '## What is promised for each sink',
    '',
    'A doubt is a request that failed after it was sent: nobody knows if it was stored. It is repeated only where a second copy',
    'changes nothing that is stored. This table is read off the sinks themselves; late points are also bounded by `--backlog-max-age`',
    'and `--backlog-max-bytes`.',
    '',
    markdownTable(
      ['sink', 'a second copy', 'late points', 'promise'],
      promises.map((promise) => [code(promise.uri), copiesOf(promise), lateOf(promise), promiseOf(promise)]),
    ),
    '',
    'Three limits of these words: UDP (`statsd`, `graphite:udp://`) has no answer, so that delivered means sent; a Kafka log keeps both',
    'copies, with the same key and time, and who reads it takes one (so do VictoriaMetrics without `-dedup.minScrapeInterval`, servers of OTLP',
    'that say nothing of it, and streams of Riemann: `delivery=at-most-once` is for those who would count them); and without a state store that outlives the process (`memory:`)',
    'nothing waits longer than the process lives.',
    '',
    '## What a fault costs',
    '',
    markdownTable(['fault', 'costs', 'tested by'], FAULTS),
    '',
    '## How to run the tests',
    '',
    '| command | what it does |',
    '| --- | --- |',
    '| `HEAPLESS_KILLS=1000 npm run kill-runs` | kills collectors at seeded random moments (`HEAPLESS_SEED`), compares reports with strict backends |',
    '| `HEAPLESS_FUZZ_RUNS=1000000 npm run fuzz` | random input for decoders, parsers, stored objects and sockets; `HEAPLESS_FUZZ_SEED`, `HEAPLESS_FUZZ_ONLY=uri,state` |',
    '| `npx vitest run test/fuzz test/e2e` | ten thousand inputs, a dozen kills, races, caps of memory: what CI runs, by `npm test` and `npm run test:long` |',
    '',
  ].join('\n');
}

function copiesOf({ uri, copies }: SinkPromise): string {
  return uri.includes('delivery=at-most-once') && copies === 'none' ? 'is not sent' : COPIES[copies];
}

function lateOf({ late }: SinkPromise): string {
  if (late === undefined) return 'none';
  return `up to ${span(late.maxAge)}${late.ordered ? ', oldest first' : ''}`;
}
