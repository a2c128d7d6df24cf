import { relative, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { type BundleScope, leftOut } from './bundle-scope.ts';

const NAMESPACE = 'left-out';
const PROBLEM =
  'is not in this build: it was made for another configuration (--for-env, BUILD_FOR_ENV); build and deploy again with this one';

/** Leaves out what a scope does not name. Loading it throws a `ConfigError` that says so, in the place of the part itself. */
export function scopePlugin(scope: BundleScope, root: string): Plugin {
  const errors = resolve(root, 'shared/core/errors.ts');
  return {
    name: 'scope',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\// }, ({ path, importer, kind }) => {
        if (kind !== 'dynamic-import') return undefined;
        const what = leftOut(scope, relative(root, importer), path);
        return what === undefined ? undefined : { path: what, namespace: NAMESPACE };
      });
      onLoad({ filter: /./, namespace: NAMESPACE }, ({ path }) => ({
        contents: `import { ConfigError } from ${JSON.stringify(errors)};
throw new ConfigError([{ where: ${JSON.stringify(path)}, problem: ${JSON.stringify(PROBLEM)} }]);`,
        resolveDir: root,
      }));
    },
  };
}
