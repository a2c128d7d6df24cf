import { cp, mkdtemp, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const DEPLOYED = ['functions', 'infra', 'shared', 'serverless.yml', 'package.json', 'tsconfig.json'];

/**
 * A copy of what is deployed, as a new folder in `folder`: the Serverless Framework writes `.serverless` and `dist` next
 * to `serverless.yml`, so two of its commands in one folder would take each other's archives away.
 */
export async function copyService(folder: string): Promise<string> {
  const service = await mkdtemp(join(folder, 'service-'));
  await Promise.all(DEPLOYED.map((name) => cp(join(ROOT, name), join(service, name), { recursive: true })));
  await symlink(join(ROOT, 'node_modules'), join(service, 'node_modules'), 'dir');
  return service;
}
