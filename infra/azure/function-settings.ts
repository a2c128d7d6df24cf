import { parseSourceOptions } from '../../shared/clusters/source-options.ts';
import { PLATFORM_VARIABLES } from '../../shared/config/flags.ts';
import { parseOptions } from '../../shared/config/options.ts';
import { parseConfig } from '../../shared/config/parse-config.ts';
import { type Environment, splitReferences } from '../../shared/config/references.ts';
import { ConfigError, type ConfigProblem } from '../../shared/core/errors.ts';
import { loadSink } from '../../shared/sinks/registry.ts';

/** Settings that the template sets itself, and those of other platforms. */
const OWN = ['HEAPLESS_STATE', ...PLATFORM_VARIABLES];
const REQUIRED = {
  HEAPLESS_SOURCE: 'kubernetes.summary_api:aks://SUBSCRIPTION/GROUP/CLUSTER',
  HEAPLESS_SINK: 'log: or prometheus:https://…?auth=entra',
} as const;
const EXAMPLE_STATE = 'azblob://account/container/heapless';

/**
 * The app settings of a deployment: all `HEAPLESS_*` of the environment, and the variables that the values refer to
 * (`$NAME`). They are checked as the functions will read them. Throws `ConfigError` with every problem.
 */
export async function functionSettings(env: Environment): Promise<Readonly<Record<string, string>>> {
  const problems: ConfigProblem[] = OWN.filter((name) => (env[name] ?? '') !== '').map((where) => ({
    where,
    problem: 'is set by the template itself; unset it to deploy',
  }));
  for (const [where, example] of Object.entries(REQUIRED)) {
    if ((env[where] ?? '') === '') problems.push({ where, problem: `is not set; write ${example}` });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith('HEAPLESS_') && value !== undefined && value !== '') settings[name] = value;
  }
  for (const piece of Object.values(settings).flatMap(splitReferences)) {
    const value = piece.kind === 'env' ? env[piece.name] : undefined;
    if (piece.kind === 'env' && value !== undefined) settings[piece.name] = value;
  }
  await checkConfig(settings);
  return settings;
}

/** Options of sources and sinks, as far as they can be read without the cloud. */
async function checkConfig(settings: Readonly<Record<string, string>>): Promise<void> {
  const { config } = parseConfig({ env: { ...settings, HEAPLESS_STATE: EXAMPLE_STATE } });
  for (const uri of config.sources) parseSourceOptions(uri);
  for (const uri of config.sinks) {
    const { options } = await loadSink(uri.key);
    parseOptions(uri, options, `sink ${uri.key}`);
  }
}
