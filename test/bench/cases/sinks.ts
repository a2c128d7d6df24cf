import type { BenchCase } from '../case.ts';
import { startChild } from '../child.ts';
import { type Figure, fromSpread } from '../figure.ts';
import type { DiscardAddresses } from '../sinks/discard-servers.ts';
import { type ServerOrder, type SinkMeasure, type SinkOrder, WAYS, type Way } from '../sinks/orders.ts';
import { AWS_CREDENTIALS } from '../sinks.ts';
import { orderOf, ratiosOf, spreadOf } from '../statistics.ts';

/** Nodes of a shard, whose leaf rows one function exports; a cluster is so many shards. A look has fewer nodes. */
const SHARD = 100;
const SHARDS = 10;
const FEW = 20;

/** A sink of each kind with everything that it exports; `gcm:` and `honeycomb:` have the encoders of others. */
function sinkUris({
  http,
  grpc,
  lines,
  datagrams,
  riemann,
  kafka,
}: DiscardAddresses): Readonly<Record<string, string>> {
  const all = 'levels=*&metrics=*';
  const endpoint = encodeURIComponent(http);
  const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c';
  return {
    azuremonitor: `azuremonitor:?token=t&resource_id=${id}&endpoint=${endpoint}&${all}`,
    // Its default metrics on every level: nobody would pay for more.
    cloudwatch: `cloudwatch:?region=eu-west-1&endpoint=${endpoint}&levels=*`,
    'cloudwatch, emf': `cloudwatch:?mode=emf&levels=*`,
    elasticsearch: `elasticsearch:${http}?${all}`,
    graphite: `graphite:tcp://${lines}?${all}`,
    influxdb: `influxdb:${http}?${all}`,
    // kafkajs takes some 50 µs of CPU for a message: two metrics say as much as all.
    kafka: `kafka:?brokers=${kafka}&levels=*&metrics=cpu/usage_rate,memory/working_set`,
    'log, json': `log:?format=json&${all}`,
    opentsdb: `opentsdb:${http}?max_tags=30&tags=*&max_body_bytes=1000000&${all}`,
    otlp: `otlp:${http}?${all}`,
    prometheus: `prometheus:${http}?${all}`,
    riemann: `riemann:tcp://${riemann}?${all}`,
    stackdriver: `stackdriver:?project=p&zone=z&endpoint=${encodeURIComponent(grpc)}&${all}`,
    statsd: `statsd:udp://${datagrams}?${all}`,
  };
}

type Measures = Readonly<Record<Way, { readonly measures: SinkMeasure[]; readonly wire: number[] }>>;

/** Encoding and sending of the leaf rows of 1,000 nodes, sink by sink, against copying and sending the same bytes. */
export const sinks: BenchCase = {
  name: 'sinks',
  covers: ['sink', 'encode', 'export'],
  async run({ quick, say }) {
    const servers = startChild(new URL('../sinks/server-process.ts', import.meta.url));
    const child = startChild(new URL('../sinks/sink-process.ts', import.meta.url), {
      execArgv: ['--expose-gc', '--no-warnings'],
      env: { ...AWS_CREDENTIALS, AWS_LAMBDA_FUNCTION_NAME: 'bench' },
    });
    try {
      const uris = sinkUris((await servers.ask({ order: 'open' } satisfies ServerOrder)) as DiscardAddresses);
      await child.ask({ order: 'open', nodes: quick ? FEW : SHARD, sinks: uris } satisfies SinkOrder);
      const times = quick ? 1 : SHARDS;
      const figures: Figure[] = [];
      for (const name of Object.keys(uris)) {
        const bytesSince = async (): Promise<number> =>
          (await servers.ask({ order: 'bytes' } satisfies ServerOrder)) as number;
        const step = async (way: Way, count: number): Promise<SinkMeasure> =>
          (await child.ask({ order: 'step', sink: name, way, times: count } satisfies SinkOrder)) as SinkMeasure;
        const measures = await measure({ step, bytesSince, times, rounds: quick ? 3 : 2 });
        figures.push(...figuresOf(name, quick ? FEW : times * SHARD, measures));
        say(`sinks: ${name}`);
      }
      return figures;
    } finally {
      await child.close();
      await servers.close();
    }
  },
};

/** Lets the three ways take turns, after one that warms them up. */
async function measure(options: {
  readonly step: (way: Way, times: number) => Promise<SinkMeasure>;
  readonly bytesSince: () => Promise<number>;
  readonly times: number;
  readonly rounds: number;
}): Promise<Measures> {
  const { step, bytesSince, times, rounds } = options;
  const empty = (): Measures[Way] => ({ measures: [], wire: [] });
  const result: Measures = { encode: empty(), send: empty(), copy: empty() };
  for (const way of WAYS) await step(way, 1);
  await bytesSince();
  for (let round = 0; round < rounds; round++) {
    for (const way of orderOf(WAYS, round)) {
      result[way].measures.push(await step(way, times));
      result[way].wire.push(await bytesSince());
    }
  }
  return result;
}

function figuresOf(name: string, nodes: number, { encode, send, copy }: Measures): readonly Figure[] {
  const cpu = (of: Measures[Way]): readonly number[] => of.measures.map(({ cpuMillis }) => cpuMillis);
  const { points = 0, bytes = 0 } = encode.measures[0] ?? {};
  const perSecond = (of: Measures[Way]): string => `${(points / 1_000 / spreadOf(cpu(of)).median).toFixed(2)} M`;
  const wire = (send.wire[0] ?? 0) / points;
  const group = `sinks: leaf rows of ${nodes.toLocaleString('en')} nodes`;
  return [
    {
      group,
      name: `${name}: CPU ÷ copying and sending the same bytes`,
      unit: 'times',
      ...fromSpread(ratiosOf(cpu(send), cpu(copy))),
      note: `points per CPU-second: ${perSecond(encode)} encoded, ${perSecond(send)} encoded and sent, ${perSecond(copy)} copied and sent`,
    },
    {
      group,
      name: `${name}: bytes of a point`,
      unit: 'B',
      value: bytes / points,
      note: `${(points / 1e6).toFixed(2)} M points${wire > 0 ? `; ${wire.toFixed(1)} as sent` : '; written, not sent'}`,
    },
  ];
}
