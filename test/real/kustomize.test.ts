import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { loadAllYaml } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../functions/local/main.ts';
import { RIGHTS_ROUTES } from '../../shared/kube/route-rights.ts';
import { realPart } from '../support/real-part.ts';

const FOLDER = resolve(import.meta.dirname, '../../infra/rbac');
const KUBECTL = realPart('kubectl', ['kubectl', 'version', '--client']);
const MISSING = 'kubectl is not on PATH: install the client of Kubernetes (kubernetes-client, or dl.k8s.io)';

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

function byKind(yaml: string): Readonly<Record<string, unknown>> {
  const objects = loadAllYaml(yaml) as readonly Named[];
  return Object.fromEntries(objects.map((one) => [`${one.kind} ${one.metadata.name}`, one]));
}

async function built(folder: string): Promise<string> {
  const { stdout } = await promisify(execFile)(KUBECTL?.path ?? 'kubectl', ['kustomize', folder]);
  return stdout;
}

describe('kubectl kustomize', () => {
  let scratch = '';
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'heapless-kustomize-'));
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));

  for (const route of RIGHTS_ROUTES) {
    it(`builds of the overlay ${route} what the plain file says`, async (context) => {
      if (KUBECTL === undefined) return context.skip(MISSING);
      const plain = await readFile(join(FOLDER, `${route}.yml`), 'utf8');

      expect(byKind(await built(join(FOLDER, 'kustomize/overlays', route)))).toEqual(byKind(plain));
    });
  }

  it('builds the tree that heapless rbac writes for another identity', async (context) => {
    if (KUBECTL === undefined) return context.skip(MISSING);
    let yaml = '';
    const input = { env: {}, signal: new AbortController().signal, color: false, writeError: () => undefined };
    const args = ['rbac', '--route', 'proxy', '--identity', 'serviceaccount:heapless/collector', '--token'];
    await main([...args, '--kustomize', scratch], { ...input, write: () => undefined });
    await main(args, {
      ...input,
      write: (text) => {
        yaml += text;
      },
    });

    expect(byKind(await built(join(scratch, 'overlays/proxy')))).toEqual(byKind(yaml));
  });
});
