import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nodeListText } from '../support/node-list-text.ts';
import { encodeByProtoc } from '../support/protoc.ts';
import { missingPart, realPart } from '../support/real-part.ts';

function capture(file: string): Buffer {
  return readFileSync(new URL(`../data/objects/${file}`, import.meta.url));
}

describe("real clusters' nodes in protobuf", () => {
  it.for([
    'aks-k8s1.11-nodes',
    'aks-k8s1.19-nodelist-one-node',
    'honeycomb-duckboat-nodes',
    'openshift-aws-k8s1.17-nodes',
    'splunk-kops-k8s1.10-nodes',
  ])('are what protoc makes of %s, with all its fields', (name, context) => {
    const part = realPart('protoc');
    if (part === undefined) return context.skip(missingPart('protoc'));
    const list = JSON.parse(capture(`${name}.json`).toString()) as { readonly items: readonly unknown[] };

    const message = encodeByProtoc(part.path, 'kubernetes-nodes.proto', 'kubernetes.Unknown', nodeListText(list));

    expect(Buffer.concat([Buffer.from('k8s\0'), message]).equals(capture(`${name}.pb`))).toBe(true);
  });
});
