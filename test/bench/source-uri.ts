import type { JobSettings } from './job.ts';

/** The generator as a source of the product. Throws `RangeError` without a cluster. */
export function sourceUri({ address, caFile }: Pick<JobSettings, 'address' | 'caFile'>): string {
  if (address === undefined || caFile === undefined) throw new RangeError('the job needs a cluster');
  const options = new URLSearchParams({
    inClusterConfig: 'false',
    cluster_name: 'bench',
    token: address.token,
    ca_file: caFile,
  });
  return `kubernetes.summary_api:${address.server}?${options}`;
}
