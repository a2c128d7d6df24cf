import type { ComponentUri } from '../config/config.ts';
import { parseOptions } from '../config/options.ts';
import { ConfigError, type ConfigProblem } from '../core/errors.ts';
import type * as z from '../core/zod.ts';
import type { SelectionDefaults, Sink, SinkContext, SinkDefinition } from './sink.ts';

/** What a sink's module says of itself; the type of its options stays inside. */
export interface SinkParts<Options extends z.ZodMiniObject> {
  readonly key: string;
  readonly options: Options;
  readonly defaults: SelectionDefaults;
  /** True if the URI names a host or a path (`influxdb:http://…`); else they are refused. */
  readonly address?: boolean;
  /** Problems of valid options together, or of the address. */
  check?(options: z.output<Options>, uri: ComponentUri): readonly string[];
  /** Opens the sink; loads its SDK only here. */
  create(options: z.output<Options>, uri: ComponentUri, context: SinkContext): Promise<Sink>;
}

/** A sink's definition: its options are checked whole, with all problems at once, before `create` is called. */
export function defineSink<Options extends z.ZodMiniObject>(parts: SinkParts<Options>): SinkDefinition {
  const where = `sink ${parts.key}`;
  return {
    key: parts.key,
    options: parts.options,
    defaults: parts.defaults,
    async open(uri, context) {
      const problems: ConfigProblem[] = [];
      const options = collecting(problems, () => parseOptions(uri, parts.options, where));
      if (parts.address !== true) problems.push(...strayAddress(uri, where));
      if (options !== undefined) {
        for (const problem of parts.check?.(options, uri) ?? []) problems.push({ where, problem });
      }
      if (problems.length > 0 || options === undefined) throw new ConfigError(problems);
      return await parts.create(options, uri, context);
    },
  };
}

function collecting<T>(problems: ConfigProblem[], parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function strayAddress(uri: ComponentUri, where: string): readonly ConfigProblem[] {
  if (uri.scheme === '' && uri.host === '' && uri.path === '') return [];
  return [{ where, problem: `takes options only (${uri.key}:?name=value), no address; got ${uri.shown}` }];
}
