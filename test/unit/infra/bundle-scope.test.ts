import { describe, expect, it } from 'vitest';
import { leftOut, scopeOf } from '../../../infra/bundle-scope.ts';
import { SINKS } from '../../../shared/sinks/registry.ts';

const SINK_REGISTRY = 'shared/sinks/registry.ts';

describe('the scope of an environment', () => {
  it('is what its URIs name', () => {
    const scope = scopeOf({
      HEAPLESS_SINK: 'cloudwatch: log:',
      HEAPLESS_STATE: 's3://bucket/heapless',
      HEAPLESS_SOURCE: 'kubernetes.summary_api:eks://eu-west-1/prod',
      HEAPLESS_AWS_SCRAPE_FUNCTION: 'scrape',
    });

    expect([scope.sinks, scope.stores, scope.clouds].map((keys) => [...(keys ?? [])])).toEqual([
      ['cloudwatch', 'log'],
      ['s3'],
      ['eks'],
    ]);
  });

  it('is everything of a kind that is not set', () => {
    expect(scopeOf({})).toEqual({ sinks: undefined, stores: undefined, clouds: undefined });
  });

  it('is refused for URIs that cannot be read', () => {
    expect(() => scopeOf({ HEAPLESS_SINK: '::' })).toThrow(/HEAPLESS_SINK/);
  });
});

describe('what a scope leaves out', () => {
  it('is every sink that it does not name, each under the name that users know', () => {
    const scope = scopeOf({ HEAPLESS_SINK: 'otlp:https://example.com' });

    const out = Object.keys(SINKS).flatMap((key) => leftOut(scope, SINK_REGISTRY, `./${key}/index.ts`) ?? []);

    expect(out).toEqual(
      Object.keys(SINKS)
        .filter((key) => key !== 'otlp')
        .map((key) => `sink ${key}`),
    );
  });

  it('is stores and clouds by both of their files, and never a store that needs no package', () => {
    const scope = scopeOf({ HEAPLESS_STATE: 'gs://bucket', HEAPLESS_SOURCE: 'kubernetes.summary_api:https://host' });
    const store = (path: string) => leftOut(scope, 'shared/state/registry.ts', path);

    expect(['./s3.ts', './s3-sdk.ts', './gcs.ts', './memory.ts'].map(store)).toEqual([
      'state s3',
      'state s3',
      undefined,
      undefined,
    ]);
    expect(leftOut(scope, 'shared/clusters/cloud-registry.ts', './aks.ts')).toBe('cluster aks');
  });

  it('is the kubeconfig only if every source has an address and no auth', () => {
    const of = (source: string) =>
      leftOut(scopeOf({ HEAPLESS_SOURCE: source }), 'shared/clusters/registry.ts', './kubeconfig.ts');

    expect(['kubernetes:https://host', 'kubernetes:gke://project/europe-west1/name', "kubernetes:''"].map(of)).toEqual([
      'cluster kubeconfig',
      'cluster kubeconfig',
      undefined,
    ]);
    expect(of('kubernetes:https://host?cluster_name=a kubernetes:?auth=/kube/config&cluster_name=b')).toBeUndefined();
  });
});
