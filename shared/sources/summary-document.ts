import type { KubeResult } from '../kube/client.ts';
import type { NodeDocument } from './source.ts';

/** A kubelet's answer as a document that holds its memory until it is released. */
export function toSummaryDocument(result: KubeResult<Buffer>): KubeResult<NodeDocument> {
  if (result.status === 'failed') return result;
  const { value: body, bytes, release } = result;
  return { status: 'ok', value: { kind: 'summary', body, ...(release !== undefined && { release }) }, bytes };
}
