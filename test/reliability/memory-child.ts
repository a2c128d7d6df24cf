import { gzipSync } from 'node:zlib';
import { MetricBatchBuilder } from '../../shared/core/batch-builder.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { createDeadline } from '../../shared/core/deadline.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { createKubeClient } from '../../shared/kube/create-kube-client.ts';
import { createHttpClient } from '../../shared/sinks/http/http-client.ts';
import { decodeSummary } from '../../shared/sources/summary-api/decode-summary.ts';
import { decodeBacklog } from '../../shared/state/backlog-object.ts';
import { createFileStore } from '../../shared/state/file.ts';

/** What a child is told to do, and what it says of it. */
export interface MemoryOrder {
  readonly what: 'summary' | 'nodes' | 'pods' | 'sink' | 'backlog' | 'store';
  readonly server: string;
  readonly ca: string;
  readonly folder: string;
}

export interface MemoryAnswer {
  readonly outcome: string;
  /** Peak resident memory beyond that before the work, in MB. */
  readonly grown: number;
}

const MIB = 1_048_576;

const deadline = createDeadline(Date.now() + 30_000, systemClock);

function connect({ server, ca }: MemoryOrder): KubeClient {
  return createKubeClient(
    {
      server,
      ca,
      serverName: undefined,
      insecure: false,
      clientCertificate: undefined,
      authenticate: () => Promise.resolve({ authorization: 'Bearer t' }),
    },
    { clock: systemClock, random: () => 0, maxInFlight: 1, userAgent: 'heapless-test' },
  );
}

async function work(order: MemoryOrder): Promise<string> {
  const { what, server, folder } = order;
  const said = (result: { readonly status: string; readonly reason?: string; readonly message?: string }): string =>
    `${result.status} ${result.reason ?? ''}: ${result.message ?? ''}`;
  switch (what) {
    case 'nodes':
      return said(await connect(order).listNodes(deadline));
    case 'pods':
      return said(await connect(order).listPods({ node: undefined, deadline }));
    case 'summary': {
      const answer = await connect(order).getSummary('n', { deadline, maxBytes: 16 * MIB });
      if (answer.status === 'failed') return said(answer);
      const builder = new MetricBatchBuilder({ timestamp: 0, resolution: 60_000, cluster: undefined });
      return said(decodeSummary(answer.value, { name: 'n', hostname: '', hostId: '' }, builder, { now: 0 }));
    }
    case 'sink': {
      const sink = createHttpClient({ concurrency: 1, requestTimeout: 20_000 });
      const url = new URL(server);
      const answer = await sink.send({ method: 'POST', url, headers: {}, body: Buffer.from('x') }, deadline.signal);
      sink.close();
      return `${answer.status}: ${answer.body.length} bytes kept`;
    }
    case 'backlog': {
      const decoded = await decodeBacklog(bomb());
      return decoded.status === 'ok' ? 'ok' : decoded.reason;
    }
    case 'store': {
      const store = await createFileStore({ folder, shown: 'file:', clock: systemClock });
      return await store.get('claim/prod', deadline.signal).then(
        () => 'read',
        (error: Error) => error.message,
      );
    }
  }
}

/** A gigabyte of zeros, packed in pieces: gzip may be made of several. */
function bomb(): Buffer {
  const piece = gzipSync(Buffer.alloc(16 * MIB));
  return Buffer.concat(Array.from({ length: 64 }, () => piece));
}

process.on('message', (order: MemoryOrder) => {
  const before = process.memoryUsage.rss();
  const started = process.resourceUsage().maxRSS * 1_024;
  work(order)
    .catch((error: unknown) => `threw ${String(error)}`)
    .then((outcome) => {
      const peak = process.resourceUsage().maxRSS * 1_024;
      const grown = Math.round((Math.max(peak, started) - Math.min(before, started)) / MIB);
      process.send?.({ outcome, grown } satisfies MemoryAnswer);
      process.disconnect();
    });
});
