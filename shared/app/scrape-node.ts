import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import type { SharedDeadlines } from '../core/shared-deadlines.ts';
import type { ShardNode } from '../fanout/invoker.ts';
import type { NodeOutcome } from '../fanout/partial.ts';
import type { Source } from '../sources/source.ts';
import type { NodeFolder } from './node-folder.ts';
import type { PodLists } from './pod-lists.ts';

export interface NodeScrape {
  readonly source: Source;
  readonly config: Config;
  readonly clock: Clock;
  /** The nodes' own deadlines, within the end of scraping. */
  readonly deadlines: SharedDeadlines;
  readonly pods: PodLists;
  /** Reads what was saved, when it is first asked for; `counters` resolves when those are there. */
  readonly saved: () => { readonly counters: Promise<void> };
  readonly folder: NodeFolder;
}

/** Asks for one node's usage and its pods at the same time, and folds them. Every failure is an outcome. */
export async function scrapeNode(node: ShardNode, scrape: NodeScrape): Promise<NodeOutcome> {
  const { source, config, clock, folder } = scrape;
  const started = clock.now();
  const deadline = scrape.deadlines.take(config.nodeTimeout);
  const [scraped, pods] = await Promise.all([
    source.scrape(node, deadline).then((result) => ({
      result,
      millis: clock.now() - started,
    })),
    scrape.pods.of(node.name),
    scrape.saved().counters,
  ]);
  const { result, millis } = scraped;
  if (result.status === 'failed') {
    const { message } = result;
    // A node that had less than its own time because scraping ended is late, not slow.
    const cut = result.reason === 'timeout' && deadline.at < started + config.nodeTimeout;
    const reason = cut ? 'late' : result.reason;
    folder.addDown(node, pods, reason);
    return {
      node: node.name,
      status: reason === 'late' ? 'late' : 'failed',
      reason,
      message,
      millis,
      bytes: 0,
      pods: 0,
    };
  }
  const folded = folder.fold(node, result.value, pods, clock.now());
  // Rows have copies of what they need: the next answer may be written over this one.
  if (result.value.kind === 'summary') result.value.release?.();
  if (folded.status === 'failed') {
    const { reason, message } = folded;
    folder.addDown(node, pods, reason);
    return { node: node.name, status: 'failed', reason, message, millis, bytes: result.bytes, pods: 0 };
  }
  return { node: node.name, status: 'answered', millis, bytes: result.bytes, pods: folded.pods };
}

/** The outcome of a node that is not asked because the cluster was too busy for the others. */
export async function spareNode(node: ShardNode, scrape: NodeScrape): Promise<NodeOutcome> {
  const pods = await scrape.pods.known();
  scrape.folder.addDown(node, pods, 'not_asked');
  const message =
    'not asked: too many answers of this tick were 429 or 503, so the cluster is left alone until the next';
  return { node: node.name, status: 'failed', reason: 'not_asked', message, millis: 0, bytes: 0, pods: 0 };
}
