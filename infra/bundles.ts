/** One function of one platform, as it is bundled. */
export interface Bundle {
  /** Folder in `dist/`. */
  readonly name: string;
  readonly entry: string;
  /** Largest eager part in bytes, minified: what every cold start loads before it knows its configuration. */
  readonly eagerBudget: number;
  /** Largest sum of all chunks in bytes: what is uploaded. */
  readonly totalBudget: number;
  /** Parts of the use-cases (`shared/app/registry.ts`) that every run needs: in the eager part, not loaded on demand. */
  readonly eagerParts?: readonly string[];
  /** Files that lie beside the entry when it is deployed: what the platform wants to read. */
  readonly files?: readonly string[];
}

const KB = 1_000;

/**
 * All functions. The eager part is our own code, zod (about 40 KB) and middy; a chunk of a cloud SDK or of the Kubernetes
 * client is loaded when a configuration names it: the whole holds every sink and store, because any function may be configured
 * for any of them, and costs a cold start nothing but bytes of the package (`--for-env` leaves out the rest). The budgets leave about a
 * twentieth above what was measured.
 */
export const BUNDLES: readonly Bundle[] = [
  { name: 'tick', entry: 'functions/aws/tick.ts', eagerBudget: 285 * KB, totalBudget: 8_600 * KB },
  {
    name: 'scrape',
    entry: 'functions/aws/scrape.ts',
    eagerBudget: 385 * KB,
    totalBudget: 8_600 * KB,
    eagerParts: ['./cluster-access.ts'],
  },
  { name: 'reduce', entry: 'functions/aws/reduce.ts', eagerBudget: 240 * KB, totalBudget: 8_600 * KB },
  {
    name: 'azure',
    entry: 'functions/azure/app.ts',
    eagerBudget: 485 * KB,
    totalBudget: 8_600 * KB,
    files: ['functions/azure/host.json', 'functions/azure/package.json'],
  },
  {
    name: 'gcp',
    entry: 'functions/gcp/app.ts',
    eagerBudget: 355 * KB,
    totalBudget: 8_600 * KB,
    files: ['functions/gcp/package.json'],
  },
];

/** Packages that no eager part may hold. `@azure/functions` is no SDK: an app registers its functions with it at its start. */
export const LAZY_PACKAGES =
  /(?:^|\/)node_modules\/((?!@azure\/functions|@google-cloud\/functions-framework)@(?:aws-sdk|smithy|aws-crypto|kubernetes|google-cloud|azure)\/[^/]+)/;
