import { readFile } from 'node:fs/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { ISocketFactory, KafkaConfig, Producer } from 'kafkajs';
import { ConfigError, describeError } from '../../core/errors.ts';
import type { KafkaMessage } from './messages.ts';
import { type KafkaOptions, usesTls } from './options.ts';
import { frameSnappy } from './snappy-codec.ts';

/** The one call that is used of a producer. */
export interface MessageProducer {
  /** Resolves when all in-sync replicas have the messages. Rejects with kafkajs's error, or the signal's reason. */
  produce(messages: readonly KafkaMessage[], signal: AbortSignal): Promise<void>;
  /** Resolves when a broker has accepted us. Rejects as `produce` does. */
  connect(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

interface OpenProducer {
  readonly producer: Producer;
  readonly sockets: ReadonlySet<Socket>;
  readonly connected: Promise<void>;
}

/** kafkajs's own tries are few: what is left of the time is delivery's to use. */
const TRIES = { retries: 1, initialRetryTime: 100, maxRetryTime: 500 } as const;
const CONNECT_TIMEOUT = 3_000;
const KEEP_ALIVE_AFTER = 60_000;

/** Loads kafkajs, an optional package, and the files of the options. Throws `ConfigError` if one of them cannot be had. */
export async function createMessageProducer(options: KafkaOptions, where: string): Promise<MessageProducer> {
  const kafkajs = await import('kafkajs').catch((error: unknown) => {
    const problem = `needs the package kafkajs, which is not installed: npm install kafkajs (${describeError(error)})`;
    throw new ConfigError([{ where, problem }], error);
  });
  // A bundle has the package as the default export of its module.
  const { Kafka, CompressionTypes, CompressionCodecs, Partitioners } = kafkajs.default ?? kafkajs;
  if (options.compression === 'snappy') {
    const { compress, uncompress } = await import('./snappy-sdk.ts');
    CompressionCodecs[CompressionTypes.Snappy] = () => ({
      compress: async ({ buffer }: { buffer: Buffer }) => frameSnappy(buffer, (block) => compress(block)),
      decompress: async (buffer: Buffer) => Buffer.from(uncompress(buffer)),
    });
  }
  const config: KafkaConfig = {
    clientId: 'heapless',
    brokers: [...options.brokers],
    connectionTimeout: CONNECT_TIMEOUT,
    authenticationTimeout: CONNECT_TIMEOUT,
    requestTimeout: options.request_timeout_sec,
    enforceRequestTimeout: true,
    retry: TRIES,
    logCreator: () => () => undefined,
    ...(usesTls(options) ? { ssl: await tlsOf(options, where) } : {}),
    ...(options.user === undefined ? {} : { sasl: saslOf(options) }),
  };
  const compression = {
    none: CompressionTypes.None,
    gzip: CompressionTypes.GZIP,
    snappy: CompressionTypes.Snappy,
    lz4: CompressionTypes.LZ4,
  }[options.compression];
  let current: OpenProducer | undefined;
  const connect = (): OpenProducer => {
    if (current !== undefined) return current;
    const { sockets, socketFactory } = createSocketFactory();
    const producer = new Kafka({ ...config, socketFactory }).producer({
      idempotent: options.idempotent,
      ...(options.idempotent ? { maxInFlightRequests: 1 } : {}),
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: TRIES,
    });
    current = { producer, sockets, connected: producer.connect() };
    return current;
  };
  // A broken producer is left behind, its identity and sequence numbers with it. It would wait for what hangs.
  const leave = async (left: OpenProducer): Promise<void> => {
    if (current === left) current = undefined;
    for (const socket of left.sockets) socket.destroy();
    await left.producer.disconnect().catch(() => undefined);
  };
  const within = async (
    signal: AbortSignal,
    work: (used: OpenProducer) => Promise<unknown> = ({ connected }) => connected,
  ): Promise<void> => {
    signal.throwIfAborted();
    const used = connect();
    const done = work(used);
    try {
      await Promise.race([done, aborted(signal)]);
    } catch (error) {
      void done.catch(() => undefined);
      void leave(used);
      throw error;
    }
  };
  return {
    produce: (messages, signal) =>
      within(signal, async ({ connected, producer }) => {
        await connected;
        return await producer.send({
          topic: options.timeseriestopic,
          acks: -1,
          compression,
          // kafkajs's type is mutable, though it only reads.
          messages: messages as KafkaMessage[],
        });
      }),
    connect: (signal) => within(signal),
    async close() {
      if (current !== undefined) await leave(current);
    },
  };
}

/** Sockets as kafkajs makes them, kept at hand so that they can be closed. */
function createSocketFactory(): { readonly sockets: ReadonlySet<Socket>; readonly socketFactory: ISocketFactory } {
  const sockets = new Set<Socket>();
  return {
    sockets,
    socketFactory({ host, port, ssl, onConnect }) {
      const socket: Socket =
        Object.keys(ssl ?? {}).length > 0
          ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect)
          : connectTcp({ host, port }, onConnect);
      socket.setKeepAlive(true, KEEP_ALIVE_AFTER);
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      return socket;
    },
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function tlsOf(options: KafkaOptions, where: string): Promise<ConnectionOptions> {
  const read = async (name: 'cacert' | 'cert' | 'key'): Promise<Partial<Record<'ca' | 'cert' | 'key', string>>> => {
    const path = options[name];
    if (path === undefined) return {};
    try {
      return { [name === 'cacert' ? 'ca' : name]: await readFile(path, 'utf8') };
    } catch (error) {
      const problem = `${name} cannot be read: ${describeError(error)}; give the path of a PEM file`;
      throw new ConfigError([{ where, problem }], error);
    }
  };
  return {
    ...(await read('cacert')),
    ...(await read('cert')),
    ...(await read('key')),
    rejectUnauthorized: !options.insecuressl,
  };
}

function saslOf({ user = '', password = '', sasl_mechanism }: KafkaOptions): NonNullable<KafkaConfig['sasl']> {
  return { mechanism: sasl_mechanism, username: user, password } as NonNullable<KafkaConfig['sasl']>;
}
