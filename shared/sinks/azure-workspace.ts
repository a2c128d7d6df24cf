import { MINUTE } from '../core/units.ts';
import type { SinkQuota } from './quota.ts';

/**
 * What an Azure Monitor workspace and the data collection rule before it take, by remote write and by OTLP:
 * https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits#prometheus-metrics (read 2026-11-28).
 */
export const AZURE_WORKSPACE_QUOTA: SinkQuota = {
  requests: { most: 15_000, per: MINUTE },
  points: { most: 1_000_000, per: MINUTE },
  bytes: { most: 50_000_000_000, per: MINUTE },
};
