import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseConfig } from '../../shared/config/parse-config.ts';
import { ConfigError, describeError } from '../../shared/core/errors.ts';
import { SINKS_OF } from '../dashboards/consoles.ts';
import { makeMonitoring } from './monitoring.ts';

/**
 * `node monitoring-files.ts FOLDER NAME CHANNELS [BUDGET]`: writes what deploy.sh gives to gcloud, made for the sinks of
 * HEAPLESS_SINK, a file each: `metric-ID.json`, `alarm-ID.json`, `dashboard-VIEW.json`. The label `deployment` tells whose
 * they are. Exit status 2 = the configuration is wrong.
 */
async function main([folder = '.', name = '', channels = '', budget = '']: readonly string[]): Promise<void> {
  try {
    const { config } = parseConfig({ env: { HEAPLESS_SINK: process.env['HEAPLESS_SINK'] } });
    const made = await makeMonitoring({
      name,
      sink: config.sinks.find(({ key }) => SINKS_OF.gcm.includes(key)),
      channels: channels.split(',').filter((channel) => channel !== ''),
      budgetPoints: budget === '' ? undefined : Number(budget),
    });
    const write = (file: string, content: object): Promise<void> =>
      writeFile(join(folder, `${file}.json`), JSON.stringify(content));
    for (const metric of made.metrics) await write(`metric-${metric.name}`, metric);
    for (const policy of [...made.deployment, ...made.alarms]) {
      const userLabels = { ...policy.userLabels, deployment: name };
      await write(`alarm-${policy.userLabels['heapless']}`, { ...policy, userLabels });
    }
    for (const [view, dashboard] of made.dashboards) {
      await write(`dashboard-${view}`, { ...dashboard, labels: { ...dashboard.labels, deployment: name, view } });
    }
  } catch (error) {
    const problems = error instanceof ConfigError ? error.problems : [];
    const lines = problems.map(({ where, problem }) => `${where}: ${problem}\n`);
    process.stderr.write(lines.length > 0 ? lines.join('') : `${describeError(error)}\n`);
    process.exitCode = 2;
  }
}

await main(process.argv.slice(2));
