import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Builds the bundles before they are packaged or run, so that a deployment never has stale code. */
export default class BundlePlugin {
  constructor(serverless) {
    const build = () => {
      const root = serverless.serviceDir;
      const node = join(root, 'node_modules', '.bin', 'node');
      execFileSync(node, [join(root, 'infra', 'build.ts')], { cwd: root, stdio: 'inherit' });
    };
    this.hooks = { 'before:package:createDeploymentArtifacts': build, 'before:offline:start:init': build };
  }
}
