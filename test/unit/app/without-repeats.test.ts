import { describe, expect, it } from 'vitest';
import { withoutRepeats } from '../../../shared/app/without-repeats.ts';
import { parseUri } from '../../../shared/config/uri.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { openSink } from '../../../shared/sinks/registry.ts';
import type { EncodeRejection } from '../../../shared/sinks/sink.ts';
import { wholeCatalogBatch } from '../../contract/sinks/contract-batch.ts';

const CONTEXT = { clock: systemClock, notice: () => undefined, write: () => undefined };

/** Points that a sink would send of a tick that is run again, and those that it would not. */
async function repeat(
  uri: string,
): Promise<{ readonly sent: number; readonly rejections: readonly EncodeRejection[] }> {
  const sink = await openSink(parseUri(uri, {}), CONTEXT);
  // Only the sinks of a runtime are looked at.
  const runtime = withoutRepeats({ sinks: [sink] } as unknown as Parameters<typeof withoutRepeats>[0]);
  const rejections: EncodeRejection[] = [];
  let sent = 0;
  for (const request of runtime.sinks[0]?.encode(wholeCatalogBatch(), (each) => rejections.push(each)) ?? [])
    sent += request.points;
  await sink.close();
  return { sent, rejections };
}

describe('a tick that is run again', () => {
  it('sends everything again that replaces itself', async () => {
    const { sent, rejections } = await repeat('elasticsearch:http://127.0.0.1:9200');

    expect(sent).toBeGreaterThan(0);
    expect(rejections).toEqual([]);
  });

  it('sends nothing again that would count twice, and says how much that is', async () => {
    const { sent, rejections } = await repeat('cloudwatch:?region=eu-west-1&metrics=*&delivery=at-most-once');

    expect(sent).toBe(0);
    expect(rejections.some(({ points, reason }) => points > 0 && reason.includes('would count twice'))).toBe(true);
  });
});
