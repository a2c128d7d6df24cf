import { HOUR, MINUTE, type Millis, SECOND } from '../../core/units.ts';
import type { AuthKind } from '../auth/auth-kind.ts';
import { AZURE_WORKSPACE_QUOTA } from '../azure-workspace.ts';
import type { SinkQuota } from '../quota.ts';
import type { AttributePlace } from './settings.ts';

/** What a backend of OTLP wants, unless an option says otherwise. */
export interface Preset {
  /** The backend's name, as the beginning of a sentence. */
  readonly backend: string;
  /** URL if the sink's URI has none; `{region}` is the option's value. */
  readonly endpoint?: string;
  /** Path of an address without one. */
  readonly path: string;
  readonly auth: AuthKind;
  readonly attributes: AttributePlace;
  /** True if the backend tells rows apart by `service.instance.id`. */
  readonly instances: boolean;
  /** Attributes of every resource. */
  readonly resource: readonly (readonly [name: string, value: string])[];
  /** Attributes that the user must name, each set fulfilled by one of its names. */
  readonly needs: readonly (readonly string[])[];
  /** Characters that the backend does not take in names; they become `_`. */
  readonly notInMetrics?: RegExp;
  readonly notInAttributes?: RegExp;
  readonly maxPoints: number;
  readonly maxBytes: number;
  /** What it takes in a time, if it says so. */
  readonly quota?: SinkQuota;
  /** Oldest stamp that is taken, and whether a series must grow in the order of time. */
  readonly maxAge: Millis;
  readonly ordered: boolean;
}

/** A collector, or anything else that speaks the protocol as it is written. */
const GENERIC: Preset = {
  backend: 'The OTLP server',
  path: '/v1/metrics',
  auth: 'none',
  attributes: 'resource',
  instances: false,
  resource: [],
  needs: [],
  maxPoints: 10_000,
  maxBytes: 4_000_000,
  maxAge: 24 * HOUR,
  ordered: false,
};

/**
 * Prometheus and its kin make series of a point's attributes, `job` and `instance` alone; other attributes of the resource
 * go into `target_info`. So labels go with the points, where no series loses its own.
 */
const PROMETHEUS: Preset = {
  ...GENERIC,
  attributes: 'point',
  resource: [['service.name', 'heapless']],
  maxAge: HOUR - 5 * MINUTE,
  ordered: true,
};

/** Names are those of the option `preset`. Read 2026-11-24. */
export const PRESETS = {
  none: GENERIC,
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-OTLPEndpoint.html */
  cloudwatch: {
    ...GENERIC,
    backend: 'CloudWatch',
    endpoint: 'https://monitoring.{region}.amazonaws.com/v1/metrics',
    auth: 'sigv4',
    maxPoints: 1_000,
    maxBytes: 1_000_000,
    quota: { requests: { most: 500, per: SECOND } },
  },
  /** https://docs.cloud.google.com/stackdriver/docs/otlp-metrics/overview; rows become targets of Prometheus. */
  google: {
    ...PROMETHEUS,
    backend: 'Google Cloud',
    endpoint: 'https://telemetry.googleapis.com/v1/metrics',
    auth: 'google',
    instances: true,
    needs: [['location', 'cloud.region', 'cloud.availability_zone']],
    notInMetrics: /[^a-zA-Z0-9_:./]/g,
    notInAttributes: /[^a-zA-Z0-9_.]/g,
    maxPoints: 5_000,
    maxBytes: 1_000_000,
  },
  /** https://learn.microsoft.com/azure/azure-monitor/containers/opentelemetry-protocol-ingestion */
  azure: {
    ...PROMETHEUS,
    backend: 'Azure Monitor',
    auth: 'entra',
    maxPoints: 5_000,
    maxBytes: 1_000_000,
    quota: AZURE_WORKSPACE_QUOTA,
  },
  /** https://docs.honeycomb.io/send-data/opentelemetry/ */
  honeycomb: {
    ...GENERIC,
    backend: 'Honeycomb',
    endpoint: 'https://api.honeycomb.io/v1/metrics',
    resource: [['service.name', 'heapless']],
  },
  /** https://grafana.com/docs/grafana-cloud/send-data/otlp/ */
  grafana: { ...PROMETHEUS, backend: 'Grafana Cloud', path: '/otlp/v1/metrics', auth: 'basic' },
  /** https://prometheus.io/docs/guides/opentelemetry/ */
  prometheus: { ...PROMETHEUS, backend: 'Prometheus', path: '/api/v1/otlp/v1/metrics' },
  /** https://docs.victoriametrics.com/#sending-data-via-opentelemetry; all attributes become labels. */
  victoriametrics: { ...GENERIC, backend: 'VictoriaMetrics', path: '/opentelemetry/v1/metrics' },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES: readonly PresetName[] = [
  'none',
  'cloudwatch',
  'google',
  'azure',
  'honeycomb',
  'grafana',
  'prometheus',
  'victoriametrics',
];

export function presetOf(name: PresetName): Preset {
  return PRESETS[name];
}
