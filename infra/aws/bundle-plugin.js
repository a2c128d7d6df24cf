import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The functions of this cloud. */
const BUNDLES = ['tick', 'scrape', 'reduce'];

/** Builds the bundles before they are packaged or run, so that a deployment never has stale code. */
export default class BundlePlugin {
  constructor(serverless) {
    const build = () => {
      const root = serverless.serviceDir;
      const node = join(root, 'node_modules', '.bin', 'node');
      execFileSync(node, [join(root, 'infra', 'build.ts'), ...BUNDLES], { cwd: root, stdio: 'inherit' });
    };
    this.hooks = { 'before:package:createDeploymentArtifacts': build, 'before:offline:start:init': build };
  }
}
