import type { UnixMillis } from '../../core/units.ts';
import type { SinkCheck } from '../sink.ts';
import { classifyError } from './classify.ts';
import type { MetricDataClient } from './client.ts';

/** Codes by which AWS says that it knows who asks and does not allow this: the credentials are good. */
const KNOWN = /^(?:AccessDenied|AccessDeniedException|UnauthorizedOperation)$/;
const UNCHECKED = 'cloudwatch:PutMetricData, which nothing tells without a value being written';

/**
 * Asks CloudWatch for names of metrics. Our roles have no right to that: a refusal of the right shows that the credentials are
 * good all the same.
 */
export async function checkCloudWatch(
  client: MetricDataClient,
  asked: { readonly namespace: string; readonly now: UnixMillis; readonly signal: AbortSignal },
): Promise<SinkCheck> {
  const { namespace, now, signal } = asked;
  try {
    await client.list(namespace, signal);
    return {
      outcome: { status: 'delivered' },
      seen: 'CloudWatch answers and knows our credentials',
      unchecked: UNCHECKED,
    };
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    const outcome = classifyError(error, await client.credentialSource(), now);
    if (!KNOWN.test(name)) return { outcome, seen: '' };
    return { outcome: { status: 'delivered' }, seen: 'CloudWatch knows our credentials', unchecked: UNCHECKED };
  }
}
