import { readFileSync } from 'node:fs';

const PRICES_FILE = new URL('prices.json', import.meta.url);

/** List prices in US dollars, as they were read. */
export interface Prices {
  readonly date: string;
  readonly region: string;
  readonly source: string;
  readonly lambda: { readonly gigabyteSecond: number; readonly request: number };
  readonly s3: { readonly put: number; readonly get: number };
  readonly logs: { readonly gigabyte: number };
  readonly cloudwatch: {
    readonly metricTiers: readonly { readonly metrics?: number; readonly price: number }[];
    readonly request: number;
    readonly freeRequests: number;
    readonly alarm: number;
    readonly dashboard: number;
  };
  readonly azure: {
    readonly region: string;
    readonly source: string;
    /** Flex Consumption, on demand. */
    readonly functions: { readonly gigabyteSecond: number; readonly execution: number };
    /** One operation on hot blobs, locally redundant. */
    readonly blobs: { readonly write: number; readonly read: number };
    readonly logs: { readonly gigabyte: number };
    readonly prometheus: { readonly sample: number };
  };
  readonly gcp: {
    readonly region: string;
    readonly source: string;
    /** Cloud Run functions, billed by request. */
    readonly functions: { readonly cpuSecond: number; readonly gibibyteSecond: number; readonly request: number };
    readonly scheduler: { readonly job: number };
    /** One operation (class A, class B). */
    readonly storage: { readonly write: number; readonly read: number };
    readonly logs: { readonly gigabyte: number };
    /** Price of a MiB of points, up to so many MiB a month. */
    readonly monitoring: { readonly tiers: readonly { readonly upTo?: number; readonly price: number }[] };
  };
}

export function readPrices(): Prices {
  return JSON.parse(readFileSync(PRICES_FILE, 'utf8')) as Prices;
}
