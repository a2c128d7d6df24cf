/** Cloud Logging's names of our levels. https://cloud.google.com/logging/docs/structured-logging, read 2026-11-24 */
const SEVERITIES: Readonly<Record<string, string>> = { error: 'ERROR', warn: 'WARNING', info: 'INFO', debug: 'DEBUG' };

/** One JSON line to the function's log, with the severity that Cloud Logging reads: alerts and filters see it. */
export function writeLog(line: string): void {
  const level = /^\{(?:"time":"[^"]*",)?"level":"(\w+)"/.exec(line)?.[1] ?? '';
  const severity = SEVERITIES[level];
  process.stdout.write(severity === undefined ? line : `{"severity":"${severity}",${line.slice(1)}`);
}
