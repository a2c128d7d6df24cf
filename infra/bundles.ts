/** One function of one platform, as it is bundled. */
export interface Bundle {
  /** Folder in `dist/`. */
  readonly name: string;
  readonly entry: string;
  /** Largest eager part in bytes, minified: what every cold start loads before it knows its configuration. */
  readonly eagerBudget: number;
  /** Largest sum of all chunks in bytes: what is uploaded. */
  readonly totalBudget: number;
}

const KB = 1_000;

/**
 * All functions. The eager part is our own code, zod (about 90 KB) and middy; a chunk of a cloud SDK or of the Kubernetes
 * client is loaded when a configuration names it. The budgets leave about a fifth above what was measured.
 */
export const BUNDLES: readonly Bundle[] = [
  { name: 'tick', entry: 'functions/aws/tick.ts', eagerBudget: 420 * KB, totalBudget: 3_800 * KB },
  { name: 'scrape', entry: 'functions/aws/scrape.ts', eagerBudget: 390 * KB, totalBudget: 3_800 * KB },
  { name: 'reduce', entry: 'functions/aws/reduce.ts', eagerBudget: 320 * KB, totalBudget: 3_800 * KB },
];

/** Packages that no eager part may hold. */
export const LAZY_PACKAGES =
  /(?:^|\/)node_modules\/(@(?:aws-sdk|smithy|aws-crypto|kubernetes|google-cloud|azure)\/[^/]+)/;
