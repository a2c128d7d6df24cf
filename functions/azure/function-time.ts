import { ConfigError } from '../../shared/core/errors.ts';
import { HOUR, MINUTE, type Millis, SECOND } from '../../shared/core/units.ts';
import host from './host.json' with { type: 'json' };

/** The app setting by which the host itself replaces `functionTimeout` of host.json. */
const SETTING = 'AzureFunctionsJobHost__functionTimeout';
const FORM = /^(\d{1,2}):([0-5]\d):([0-5]\d)$/;

/**
 * How long a function of this app may run: `functionTimeout` of host.json, or the app setting that replaces it. The host
 * gives a function no remaining time, and ends the whole worker when one runs longer. Throws `ConfigError` if it is not
 * `hh:mm:ss`: without an end no deadline can be passed on.
 */
export function functionTime(env: Readonly<Record<string, string | undefined>>): Millis {
  const text = env[SETTING] ?? host.functionTimeout;
  const [, hours, minutes, seconds] = FORM.exec(text) ?? [];
  const time = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * SECOND;
  if (time > 0) return time;
  const problem = `must be a time of hh:mm:ss above 0, such as ${host.functionTimeout}, got ${JSON.stringify(text.slice(0, 64))}`;
  throw new ConfigError([{ where: SETTING, problem }]);
}
