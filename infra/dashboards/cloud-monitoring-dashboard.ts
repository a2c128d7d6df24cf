/**
 * The part of a Cloud Monitoring dashboard that we write, in the JSON of google.monitoring.dashboard.v1.Dashboard
 * (@google-cloud/monitoring-dashboards 4.2.0), which a test checks it against.
 */
export interface CloudMonitoringDashboard {
  readonly displayName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly dashboardFilters: readonly {
    readonly filterType: 'RESOURCE_LABEL' | 'METRIC_LABEL';
    readonly labelKey: string;
  }[];
  readonly mosaicLayout: { readonly columns: number; readonly tiles: readonly Tile[] };
}

export interface Tile {
  readonly xPos: number;
  readonly yPos: number;
  readonly width: number;
  readonly height: number;
  readonly widget: Widget;
}

export interface TimeSeriesQuery {
  readonly timeSeriesFilter: {
    readonly filter: string;
    readonly aggregation: {
      /** A Duration in the JSON of protobuf. */
      readonly alignmentPeriod: `${number}s`;
      readonly perSeriesAligner: 'ALIGN_MEAN' | 'ALIGN_RATE' | 'ALIGN_DELTA';
      readonly crossSeriesReducer: 'REDUCE_SUM' | 'REDUCE_MAX' | 'REDUCE_NONE';
      readonly groupByFields: readonly string[];
    };
    readonly pickTimeSeriesFilter?: {
      readonly rankingMethod: 'METHOD_MEAN';
      readonly numTimeSeries: number;
      readonly direction: 'TOP';
    };
  };
}

export type Widget =
  | { readonly title: string; readonly sectionHeader: { readonly subtitle: string; readonly dividerBelow: boolean } }
  | { readonly title: string; readonly collapsibleGroup: { readonly collapsed: boolean } }
  | {
      readonly title: string;
      readonly xyChart: {
        readonly dataSets: readonly {
          readonly timeSeriesQuery: TimeSeriesQuery;
          readonly plotType: 'LINE' | 'STACKED_AREA';
          readonly legendTemplate: string;
        }[];
        readonly chartOptions: { readonly mode: 'COLOR' };
      };
    };
