import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { parseIdentity } from '../../infra/rbac/identity.ts';
import { kustomizeFiles } from '../../infra/rbac/kustomize-files.ts';
import { rbacManifests } from '../../infra/rbac/rbac-manifests.ts';
import { renderManifests } from '../../infra/rbac/render-yaml.ts';
import { ConfigError } from '../../shared/core/errors.ts';
import { RIGHTS_ROUTES, type RightsRoute } from '../../shared/kube/route-rights.ts';
import type { CommandInput } from './command-input.ts';

type Input = Pick<CommandInput, 'write'>;

interface Given {
  readonly route: RightsRoute;
  readonly identity: string;
  readonly token: boolean;
  readonly output: 'yaml' | 'json';
  readonly kustomize?: string;
}

const HELP = `
Identities: group:heapless-collectors (an EKS access entry's group; an Entra group's object ID on AKS),
user:NAME@PROJECT.iam.gserviceaccount.com (GKE), serviceaccount:heapless/collector (a token of the cluster itself).

  heapless rbac --route proxy --identity group:heapless-collectors | kubectl apply -f -
  heapless rbac --route direct --identity group:heapless-collectors --kustomize rbac && kubectl apply -k rbac/overlays/direct`;

/** `heapless rbac`: prints the least rights that a route needs in a cluster, bound to an identity. */
export function addRbac(program: Command, { write }: Input): void {
  program
    .command('rbac')
    .description('prints the least rights that a route needs in a cluster, and the policy that bounds the node proxy')
    .addOption(new Option('--route <ROUTE>', 'how kubelets are read').choices(RIGHTS_ROUTES).makeOptionMandatory())
    .addOption(
      new Option(
        '--identity <KIND:NAME>',
        'group:NAME, user:NAME or serviceaccount:NAMESPACE/NAME',
      ).makeOptionMandatory(),
    )
    .addOption(new Option('--token', 'with a service account: also a token that does not expire').default(false))
    .addOption(new Option('--output <FORMAT>', 'what is printed').choices(['yaml', 'json']).default('yaml'))
    .addOption(new Option('--kustomize <DIR>', 'write a Kustomize base and an overlay for each route there instead'))
    .addHelpText('after', HELP)
    .action(async ({ route, identity: text, token, output, kustomize }: Given) => {
      const identity = parseIdentity(text);
      if (token && identity.kind !== 'serviceaccount') {
        const problem = `a ${identity.kind} logs in by its cloud and has no token here; leave --token out`;
        throw new ConfigError([{ where: '--token', problem }]);
      }
      if (kustomize !== undefined) {
        for (const [path, content] of kustomizeFiles(identity, token)) {
          const file = join(kustomize, path);
          await mkdir(dirname(file), { recursive: true });
          await writeFile(file, content);
        }
        write(`written; apply it with: kubectl apply -k ${join(kustomize, 'overlays', route)}\n`);
        return;
      }
      const manifests = rbacManifests({ route, identity, token });
      const items = manifests.map(({ object }) => object);
      write(
        output === 'yaml'
          ? renderManifests(manifests)
          : `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, undefined, 2)}\n`,
      );
    });
}
