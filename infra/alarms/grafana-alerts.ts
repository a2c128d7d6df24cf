import type { GrafanaLanguage } from '../dashboards/grafana-language.ts';
import type { AlarmRule } from './alarm-rule.ts';
import { alarmExpression, alertName } from './prometheus-rules.ts';
import { type Watched, watchedSeries } from './watched-series.ts';

/**
 * A provisioning file of Grafana's own alerting.
 * https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/, read 2026-11-24
 */
export interface GrafanaAlerts {
  readonly apiVersion: 1;
  readonly groups: readonly {
    readonly orgId: 1;
    readonly name: string;
    readonly folder: string;
    readonly interval: string;
    readonly rules: readonly GrafanaAlert[];
  }[];
}

interface GrafanaAlert {
  readonly uid: string;
  readonly title: string;
  readonly condition: string;
  readonly data: readonly {
    readonly refId: string;
    readonly relativeTimeRange: { readonly from: number; readonly to: number };
    readonly datasourceUid: string;
    readonly model: object;
  }[];
  readonly for: string;
  readonly noDataState: 'OK' | 'Alerting';
  readonly execErrState: 'Error';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Seconds that a query looks back. */
const BACK = 600;
/** Grafana's word for its own expressions. */
const EXPRESSIONS = '__expr__';

/** The rules for a data source, which is named by its uid. InfluxQL divides nothing here. */
export function grafanaAlerts(
  rules: readonly AlarmRule[],
  language: GrafanaLanguage,
  datasourceUid: string,
): GrafanaAlerts {
  const divides = language.datasource === 'prometheus';
  const alerts = rules.flatMap((rule) =>
    watchedSeries(language.names, rule, divides).map((watched, at) =>
      alertOf(rule, watched, at, language, datasourceUid),
    ),
  );
  return {
    apiVersion: 1,
    groups: [{ orgId: 1, name: 'heapless', folder: 'Heapless', interval: '1m', rules: alerts }],
  };
}

function alertOf(
  rule: AlarmRule,
  watched: Watched,
  at: number,
  language: GrafanaLanguage,
  datasourceUid: string,
): GrafanaAlert {
  const range = { from: BACK, to: 0 };
  const query = queryOf(watched, language);
  const evaluator = { type: watched.bound.comparison === '<' ? 'lt' : 'gt', params: [watched.threshold] };
  return {
    uid: `heapless-${rule.id}${at === 0 ? '' : `-${at + 1}`}`,
    title: `${alertName(rule.id)} (${watched.bound.metric})`,
    condition: 'C',
    data: [
      { refId: 'A', relativeTimeRange: range, datasourceUid, model: { refId: 'A', ...query } },
      {
        refId: 'B',
        relativeTimeRange: range,
        datasourceUid: EXPRESSIONS,
        model: { refId: 'B', type: 'reduce', expression: 'A', reducer: 'last', settings: { mode: 'dropNN' } },
      },
      {
        refId: 'C',
        relativeTimeRange: range,
        datasourceUid: EXPRESSIONS,
        model: { refId: 'C', type: 'threshold', expression: 'B', conditions: [{ evaluator }] },
      },
    ],
    for: `${rule.minutes}m`,
    noDataState: rule.absent ? 'Alerting' : 'OK',
    execErrState: 'Error',
    labels: { severity: rule.severity },
    annotations: { summary: rule.title, description: rule.description },
  };
}

function queryOf(watched: Watched, language: GrafanaLanguage): object {
  if (language.datasource === 'influxdb') return language.targets(watched.panel, watched.series, [])[0] ?? {};
  const compared = alarmExpression(watched, language.names);
  return { expr: compared.slice(0, compared.lastIndexOf(` ${watched.bound.comparison} `)), range: true };
}
