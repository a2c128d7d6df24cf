import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type KafkaRecord, readRecordBatch } from './kafka-records.ts';
import { createWireReader, type WireReader, wire } from './kafka-wire.ts';

/** What becomes of one produce request: an error code of Kafka's for all of its partitions, a reset, or no answer. */
export type KafkaFault = { readonly code: number; readonly stored?: boolean } | 'reset' | 'hang';

export interface KafkaBroker extends AsyncDisposable {
  readonly address: string;
  /** Messages in the order they were stored, with their partition. */
  readonly records: readonly (KafkaRecord & { readonly partition: number })[];
  readonly openSockets: number;
  fail(...faults: readonly KafkaFault[]): void;
  failAlways(fault: KafkaFault | undefined): void;
  /** Refuses record batches with such a text in a value. */
  refuse(text: string): void;
  /** Who must have logged in; undefined = nobody. */
  login: { readonly user: string; readonly password: string } | undefined;
}

export interface KafkaBrokerOptions {
  readonly partitions?: number;
  /** Gets the bytes of record batches, which are then taken unread and not kept. */
  readonly onBatch?: (bytes: Buffer) => void;
}

const PRODUCE = 0;
const METADATA = 3;
const SASL_HANDSHAKE = 17;
const API_VERSIONS = 18;
const INIT_PRODUCER_ID = 22;
const SASL_AUTHENTICATE = 36;
/** The one version of each that is spoken: none of them flexible. */
const VERSIONS = [
  [PRODUCE, 3],
  [METADATA, 1],
  [SASL_HANDSHAKE, 1],
  [API_VERSIONS, 0],
  [INIT_PRODUCER_ID, 0],
  [SASL_AUTHENTICATE, 0],
] as const;

const INVALID_RECORD = 87;
const OUT_OF_ORDER = 45;
const CORRUPT = 2;
const SASL_FAILED = 58;

/** A broker on loopback that leads all partitions of every topic, and checks checksums, sequences and logins. */
export async function startKafkaBroker({ partitions = 3, onBatch }: KafkaBrokerOptions = {}): Promise<KafkaBroker> {
  const records: (KafkaRecord & { partition: number })[] = [];
  const scripted: KafkaFault[] = [];
  const sockets = new Set<Socket>();
  const poison = new Set<string>();
  const sequences = new Map<string, number>();
  let always: KafkaFault | undefined;
  let nextProducer = 1n;

  const store = (topic: string, partition: number, bytes: Buffer): number => {
    if (onBatch !== undefined) {
      onBatch(bytes);
      return 0;
    }
    try {
      const batch = readRecordBatch(bytes);
      const key = `${batch.producerId} ${batch.producerEpoch} ${topic} ${partition}`;
      const expected = sequences.get(key) ?? 0;
      if (batch.producerId >= 0n && batch.baseSequence !== expected) return OUT_OF_ORDER;
      if (batch.records.some(({ value }) => [...poison].some((text) => value.includes(text)))) return INVALID_RECORD;
      sequences.set(key, expected + batch.records.length);
      records.push(...batch.records.map((record) => ({ ...record, partition })));
      return 0;
    } catch {
      return CORRUPT;
    }
  };

  const produce = (reader: WireReader): Buffer | 'reset' | 'hang' => {
    reader.text();
    if (reader.int16() !== -1) throw new Error('acks');
    reader.int32();
    const fault = scripted.shift() ?? always;
    if (fault === 'reset' || fault === 'hang') return fault;
    const topics = reader.array(() => {
      const topic = reader.text();
      const parts = reader.array(() => {
        const partition = reader.int32();
        const bytes = Buffer.from(reader.bytes());
        const code = fault === undefined || fault.stored === true ? store(topic, partition, bytes) : fault.code;
        return Buffer.concat([wire.int32(partition), wire.int16(fault?.code ?? code), wire.int64(0n), wire.int64(-1n)]);
      });
      return Buffer.concat([wire.text(topic), wire.array(parts)]);
    });
    return Buffer.concat([wire.array(topics), wire.int32(0)]);
  };

  const metadata = (reader: WireReader): Buffer => {
    const topics = reader.array(() => reader.text());
    const { port } = server.address() as AddressInfo;
    const broker = Buffer.concat([wire.int32(1), wire.text('127.0.0.1'), wire.int32(port), wire.int16(-1)]);
    const ids = wire.array([wire.int32(1)]);
    const parts = Array.from({ length: partitions }, (_, id) =>
      Buffer.concat([wire.int16(0), wire.int32(id), wire.int32(1), ids, ids]),
    );
    return Buffer.concat([
      wire.array([broker]),
      wire.int32(1),
      wire.array(
        topics.map((topic) => Buffer.concat([wire.int16(0), wire.text(topic), wire.bool(false), wire.array(parts)])),
      ),
    ]);
  };

  const authenticate = (reader: WireReader): Buffer => {
    const [, user, password] = reader.bytes().toString('utf8').split('\0');
    const isRight = sim.login !== undefined && user === sim.login.user && password === sim.login.password;
    return Buffer.concat([
      wire.int16(isRight ? 0 : SASL_FAILED),
      wire.text(isRight ? '' : 'Authentication failed: Invalid username or password'),
      wire.bytes(''),
    ]);
  };

  const serve = (api: number, reader: WireReader): Buffer | 'reset' | 'hang' => {
    switch (api) {
      case API_VERSIONS:
        return Buffer.concat([
          wire.int16(0),
          wire.array(
            VERSIONS.map(([key, version]) =>
              Buffer.concat([wire.int16(key), wire.int16(version), wire.int16(version)]),
            ),
          ),
        ]);
      case SASL_HANDSHAKE:
        return Buffer.concat([wire.int16(0), wire.array([wire.text('PLAIN')])]);
      case SASL_AUTHENTICATE:
        return authenticate(reader);
      case INIT_PRODUCER_ID:
        return Buffer.concat([wire.int32(0), wire.int16(0), wire.int64(nextProducer++), wire.int16(0)]);
      case METADATA:
        return metadata(reader);
      case PRODUCE:
        return produce(reader);
      default:
        throw new Error(`api ${api}`);
    }
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let rest: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
        const reader = createWireReader(rest.subarray(4, 4 + rest.readInt32BE(0)));
        rest = rest.subarray(4 + rest.readInt32BE(0));
        const [api, , correlation] = [reader.int16(), reader.int16(), reader.int32()];
        reader.text();
        const answer = serve(api, reader);
        if (answer === 'hang') continue;
        if (answer === 'reset') {
          socket.resetAndDestroy();
          return;
        }
        socket.write(Buffer.concat([wire.int32(answer.length + 4), wire.int32(correlation), answer]));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sim: KafkaBroker = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    records,
    get openSockets() {
      return sockets.size;
    },
    fail: (...faults) => {
      scripted.push(...faults);
    },
    failAlways: (fault) => {
      always = fault;
    },
    refuse: (text) => {
      poison.add(text);
    },
    login: undefined,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return sim;
}
