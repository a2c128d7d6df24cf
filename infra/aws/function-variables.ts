import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type Environment, SECRET_REFERENCE, splitReferences } from '../../shared/config/references.ts';
import { ConfigError } from '../../shared/core/errors.ts';

/** Variables that the stack sets itself. */
const OWN_VARIABLES = ['HEAPLESS_STATE', 'HEAPLESS_AWS_SCRAPE_FUNCTION', 'HEAPLESS_AWS_REDUCE_FUNCTION'];

/**
 * The deployer's environment over `.env.<stage>` over `.env`. Read here and not by the framework, whose reader would
 * turn `${secret:NAME}` into nothing without a word.
 */
export function deployEnvironment(folder: string, stage: string, env: Environment): Environment {
  const files = ['.env', `.env.${stage}`].map((name) => join(folder, name)).filter((path) => existsSync(path));
  return Object.assign({}, ...files.map((path) => parseEnv(readFileSync(path, 'utf8'))), env);
}

/**
 * The variables of the functions: all `HEAPLESS_*`, the defaults of this stack, and the variables that the values refer
 * to (`$NAME`). `clusters` are read by a kubeconfig each. Throws `ConfigError` if one is given that the stack sets itself.
 */
export function functionVariables(
  env: Environment,
  stage: string,
  clusters: readonly string[] = [],
): Readonly<Record<string, string>> {
  const own = OWN_VARIABLES.filter((name) => (env[name] ?? '') !== '');
  if (own.length > 0) {
    throw new ConfigError(own.map((where) => ({ where, problem: 'is set by the stack itself; unset it to deploy' })));
  }
  if (clusters.length > 0 && (env['HEAPLESS_SOURCE'] ?? '') !== '') {
    const problem = 'is given, and so is the parameter clusters; name the clusters in one of them';
    throw new ConfigError([{ where: 'HEAPLESS_SOURCE', problem }]);
  }
  const source = (secret: string, options: string): string =>
    `kubernetes.summary_api:?inClusterConfig=false&auth=\${secret:heapless/${stage}/${secret}}${options}`;
  const variables: Record<string, string> = {
    HEAPLESS_SOURCE:
      clusters.length === 0
        ? source('kubeconfig', '')
        : clusters.map((name) => source(`${name}/kubeconfig`, `&cluster_name=${name}`)).join(' '),
    HEAPLESS_SINK: 'cloudwatch:',
  };
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith('HEAPLESS_') && value !== undefined && value !== '') variables[name] = value;
  }
  for (const piece of Object.values(variables).flatMap(splitReferences)) {
    const value = piece.kind === 'env' ? env[piece.name] : undefined;
    if (piece.kind === 'env' && value !== undefined) variables[piece.name] = value;
  }
  return variables;
}

/** Names of the secrets that the variables refer to (`${secret:NAME}`), each once, sorted. */
export function secretNames(variables: Readonly<Record<string, string>>): readonly string[] {
  const texts = Object.values(variables);
  const names = texts.flatMap((text) => [...text.matchAll(SECRET_REFERENCE)].map((match) => match[1] ?? ''));
  return [...new Set(names)].sort();
}
