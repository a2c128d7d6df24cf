import type { ComponentUri } from '../shared/config/config.ts';
import { parseConfig } from '../shared/config/parse-config.ts';
import type { Environment } from '../shared/config/references.ts';

/** What a bundle has of the parts that a configuration chooses. Undefined = all of that kind. */
export interface BundleScope {
  /** Keys of sinks. */
  readonly sinks: ReadonlySet<string> | undefined;
  /** Keys of state stores. */
  readonly stores: ReadonlySet<string> | undefined;
  /** Clouds whose clusters are found by name (`eks`, `gke`, `aks`), and `kubeconfig`. */
  readonly clouds: ReadonlySet<string> | undefined;
}

/** Folders with one sink or store each, whose `registry.ts` loads it; and the connectors of clouds. */
const SINK = /^\.\/([a-z]+)\/index\.ts$/;
const STORE_OF: Readonly<Record<string, string>> = {
  './s3.ts': 's3',
  './s3-sdk.ts': 's3',
  './azure-blob.ts': 'azblob',
  './azure-blob-sdk.ts': 'azblob',
  './gcs.ts': 'gs',
};
const FILE_OF: Readonly<Record<string, string>> = { './kubeconfig.ts': 'kubeconfig', './client-node.ts': 'kubeconfig' };
const CLOUD_OF: Readonly<Record<string, string>> = {
  './eks.ts': 'eks',
  './aws-sdk.ts': 'eks',
  './gke.ts': 'gke',
  './google-token.ts': 'gke',
  './aks.ts': 'aks',
  './client-node.ts': 'aks',
};

/**
 * The scope of an environment: what `HEAPLESS_SINK`, `HEAPLESS_STATE` and `HEAPLESS_SOURCE` name. What is not set there leaves
 * all of its kind in the bundle. Throws `ConfigError` if the URIs cannot be read.
 */
export function scopeOf(env: Environment): BundleScope {
  const URIS = ['HEAPLESS_SINK', 'HEAPLESS_STATE', 'HEAPLESS_SOURCE'];
  const isOurs = (name: string): boolean => name.startsWith('HEAPLESS_') && !URIS.includes(name);
  const { config } = parseConfig({ env: Object.fromEntries(Object.entries(env).filter(([name]) => !isOurs(name))) });
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  return {
    sinks: isSet('HEAPLESS_SINK') ? new Set(config.sinks.map(({ key }) => key)) : undefined,
    stores: isSet('HEAPLESS_STATE') ? new Set([config.state.key]) : undefined,
    clouds: isSet('HEAPLESS_SOURCE') ? new Set(config.sources.flatMap(waysOf)) : undefined,
  };
}

/** How a source finds its cluster: one without an address may look for a kubeconfig, one with `auth` has one. */
function waysOf({ scheme, host, options }: ComponentUri): readonly string[] {
  return host === '' || options.has('auth') ? [scheme, 'kubeconfig'] : [scheme];
}

/** What `path`, imported on demand by the source file `importer`, is of that is not in this scope; undefined if it stays. */
export function leftOut(scope: BundleScope, importer: string, path: string): string | undefined {
  const outside = (
    kind: string,
    key: string | undefined,
    within: ReadonlySet<string> | undefined,
  ): string | undefined =>
    key === undefined || within === undefined || within.has(key) ? undefined : `${kind} ${key}`;
  switch (importer) {
    case 'shared/sinks/registry.ts':
      return outside('sink', SINK.exec(path)?.[1], scope.sinks);
    case 'shared/state/registry.ts':
      return outside('state', STORE_OF[path], scope.stores);
    case 'shared/clusters/registry.ts':
      return outside('cluster', FILE_OF[path], scope.clouds);
    case 'shared/clusters/cloud-registry.ts':
      return outside('cluster', CLOUD_OF[path], scope.clouds);
    default:
      return undefined;
  }
}
