import { parseUri } from '../../shared/config/uri.ts';
import { METRICS } from '../../shared/core/metrics.ts';
import { DEFAULT_BOUNDS } from '../alarms/alarm-rule.ts';
import { alarmRules } from '../alarms/alarm-rules.ts';
import { azureMonitorNames } from '../dashboards/azure-monitor-names.ts';
import { cloudWatchTarget } from '../dashboards/cloudwatch-target.ts';
import { influxNames } from '../dashboards/influx-names.ts';
import { otlpNames } from '../dashboards/otlp-names.ts';
import { prometheusNames } from '../dashboards/prometheus-names.ts';
import type { SeriesNames } from '../dashboards/series.ts';
import { stackdriverNames } from '../dashboards/stackdriver-names.ts';
import type { Panel, View } from '../dashboards/view.ts';
import { VIEWS } from '../dashboards/views.ts';
import { code, GENERATED, markdownTable } from './markdown.ts';

/** A column of the table: whether a console shows a metric of a level. */
interface Column {
  readonly title: string;
  readonly shows: (panel: Panel, key: string) => boolean;
}

const AZURE = 'azuremonitor:?region=westeurope&resource_id=/subscriptions/s/resourceGroups/g/providers/p/type/name';
const ONE_GROUPING = [{ text: 'namespace', keys: [{ kind: 'namespace', name: 'namespace' }] }] as const;

const BY_KEY = new Map(METRICS.map((metric) => [metric.key, metric]));

/** docs/dashboards.md: views, their panels and metrics, and at which console they are with everything exported or by default. */
export async function dashboardsPage(): Promise<string> {
  const columns = await columnsOf();
  const rules = alarmRules({ ...DEFAULT_BOUNDS, budgetPoints: 1 });
  return [
    GENERATED,
    '# Dashboards and alarms',
    '',
    'One set of views, made from the catalog, drawn for each console with the names, labels and units that the sink sends there, as',
    'it is configured. What a sink does not export has no graph. Each view ends in a folded part with every other metric of its levels,',
    'so that no metric is without a graph.',
    '',
    '```sh',
    "heapless dashboards --for grafana --sink 'prometheus:https://…' > heapless.json          # Grafana, also those of AWS and Azure",
    "heapless dashboards --for grafana --sink 'influxdb:http://…' > heapless.json",
    "heapless dashboards --for grafana --sink 'otlp:https://…?preset=…' --received plain       # names as they are sent",
    "heapless dashboards --for azure --sink 'azuremonitor:?region=…&resource_id=…' > heapless.json   # custom metrics of Azure Monitor",
    "heapless dashboards --for gcm --view cluster --sink 'stackdriver:?levels=*' > cluster.json",
    'gcloud monitoring dashboards create --config-from-file=cluster.json',
    'heapless dashboards --for cloudwatch --region eu-west-1 --functions heapless-prod > body.json',
    'aws cloudwatch put-dashboard --dashboard-name heapless --dashboard-body file://body.json',
    '',
    'heapless alarms --for prometheus > rules.yml                                              # JSON is YAML',
    'heapless alarms --for grafana --datasource UID > alerting.yml',
    "heapless alarms --for gcm --notify projects/P/notificationChannels/C | jq -c '.[]'",
    'heapless alarms --for azure --notify ACTION-GROUP-ID > rules.json                          # ARM, for a Monitor workspace',
    "heapless alarms --for azure --sink 'azuremonitor:?region=…&resource_id=…' > alerts.json    # ARM: alerts on custom metrics",
    'heapless alarms --for cloudwatch --notify ARN > alarms.json                               # a CloudFormation template',
    '```',
    '',
    'Without `--sink`, `HEAPLESS_SINK` says what is exported. `--names` takes the place of the sink’s option. A dashboard of Cloud',
    'Monitoring holds 100 widgets: make one for each `--view`. Azure’s portal and its managed Grafana show a Monitor workspace by',
    'Grafana’s dashboards: `--for azure` is `--for grafana` for the sinks that write there (`prometheus:` with `auth=entra`, `otlp:`).',
    'Custom metrics of `azuremonitor:` are asked by the data source Azure Monitor, which the portal has too (Azure Monitor, Dashboards',
    'with Grafana): by the minute, because a longer grain adds the minutes of a total up, so look at a day or less. Names at its top are',
    'written by hand, `*` is all. Counters that `metrics=` names are not drawn: nothing there reads a rate from them.',
    '',
    'Columns: **P** Prometheus, **O** OTLP, **I** InfluxDB, **G** Cloud Monitoring, **C** CloudWatch, **A** custom metrics of Azure Monitor,',
    'with `levels=*&metrics=*`; **g**, **c**, **a** those three without options, which keep series affordable. The others export everything',
    'by default.',
    '',
    ...VIEWS.flatMap((view) => viewPart(view, columns)),
    '## Alarms',
    '',
    markdownTable(
      ['Alarm', 'Sounds when', 'For', 'Severity', 'Levels', 'What it means'],
      rules.map((rule) => [
        code(rule.id),
        rule.bounds
          .map(({ metric, divisor, comparison, threshold }) => {
            const of = divisor === undefined ? '' : ` ÷ ${code(divisor)}`;
            const at = rule.id === 'budget-exceeded' ? '`--budget-points`' : String(threshold);
            return `${code(metric)}${of} ${comparison} ${at}`;
          })
          .join(' or '),
        `${rule.minutes} min`,
        rule.severity,
        rule.levels.join(', or else '),
        rule.description,
      ]),
    ),
    '',
    'Alerts on custom metrics of Azure Monitor must be broken by every value of 5 or 15 minutes, the shortest window that holds the time',
    'above; they do not sound when nothing comes, which the alerts of the deployment do.',
    '',
    'CloudWatch, InfluxQL and Azure Monitor do not divide there: they watch `filesystem/available` below `--volume-bytes`. On AWS the stack has alarms',
    'on the tick’s reports besides, which need no sink: nodes down, points lost, points waiting.',
    '',
  ].join('\n');
}

async function columnsOf(): Promise<readonly Column[]> {
  const names = async (title: string, read: Promise<SeriesNames>): Promise<Column> => {
    const known = await read;
    return {
      title,
      shows: ({ level }, key) => {
        const metric = BY_KEY.get(key);
        return metric !== undefined && known.series(metric, level) !== undefined;
      },
    };
  };
  const cloudWatch = async (title: string, uri: string): Promise<Column> => {
    const target = await cloudWatchTarget(parseUri(uri, {}), []);
    return {
      title,
      shows: ({ level }, key) => {
        const metric = BY_KEY.get(key);
        return metric !== undefined && target.exports(metric, level);
      },
    };
  };
  const uri = (text: string): ReturnType<typeof parseUri> => parseUri(text, {});
  return Promise.all([
    names('P', prometheusNames(uri('prometheus:http://x'))),
    names('O', otlpNames(uri('otlp:http://x?attributes=point'), 'translated')),
    names('I', influxNames(uri('influxdb:http://x'))),
    names('G', stackdriverNames(uri('stackdriver:?levels=*&metrics=*&use_new_resources=true'))),
    names('g', stackdriverNames(uri('stackdriver:'))),
    cloudWatch('C', 'cloudwatch:?levels=*&metrics=*'),
    cloudWatch('c', 'cloudwatch:'),
    names('A', azureMonitorNames(uri(`${AZURE}&levels=*&metrics=*`), ONE_GROUPING)),
    names('a', azureMonitorNames(uri(AZURE), ONE_GROUPING)),
  ]);
}

function viewPart(view: View, columns: readonly Column[]): readonly string[] {
  const chosen = view.filters.length === 0 ? '' : ` Chosen by ${view.filters.map(code).join(', ')}.`;
  const rows = (panels: readonly Panel[]): readonly (readonly string[])[] =>
    panels.map((panel) => [
      panel.title,
      panel.level,
      panel.metrics.map(code).join(', '),
      columns.map(({ title, shows }) => (panel.metrics.some((key) => shows(panel, key)) ? title : '·')).join(' '),
    ]);
  const more = view.rest.reduce((sum, { metrics }) => sum + metrics.length, 0);
  return [
    `## ${view.title} (${code(view.id)})`,
    '',
    `${view.panels.length} graphs${more === 0 ? '' : `, and ${more} metrics more in ${view.rest.length} folded ones`}.${chosen}`,
    '',
    markdownTable(['Graph', 'Level', 'Metrics', 'Consoles'], rows(view.panels)),
    '',
  ];
}
