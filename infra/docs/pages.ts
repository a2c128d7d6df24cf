import { cloudWatchDashboard } from '../dashboards/cloudwatch.ts';
import { defaultDashboardTarget } from '../dashboards/cloudwatch-target.ts';
import { terraformFiles } from '../gcp/monitoring.ts';
import { rbacFiles } from '../rbac/rbac-files.ts';
import { configurationPage } from './configuration-page.ts';
import { dashboardsPage } from './dashboards-page.ts';
import { errorsPage } from './errors-page.ts';
import { metricsPage } from './metrics-page.ts';
import { namesPage } from './names-page.ts';
import { reliabilityPage } from './reliability-page.ts';
import { sinksPage } from './sinks-page.ts';

/** Every generated file of the repository: path from the root → text. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const dashboard = cloudWatchDashboard(await defaultDashboardTarget());
  return new Map([
    ...rbacFiles(),
    ...(await terraformFiles()),
    ['docs/metrics.md', metricsPage()],
    ['docs/names.md', await namesPage()],
    ['docs/sinks.md', await sinksPage()],
    ['docs/configuration.md', configurationPage()],
    ['docs/dashboards.md', await dashboardsPage()],
    ['docs/errors.md', errorsPage()],
    ['docs/reliability.md', await reliabilityPage()],
    ['infra/dashboards/cloudwatch.json', `${JSON.stringify(dashboard, undefined, 2)}\n`],
  ]);
}
