import { afterAll, beforeAll, vi } from 'vitest';
import { SECOND } from '../../../shared/core/units.ts';
import { NOT_EXPORTED } from '../../../shared/sinks/cloudwatch/mapping.ts';
import type { MetricDataRequest } from '../../../shared/sinks/cloudwatch/request.ts';
import { startCloudWatchBackend } from './cloudwatch-backend.ts';
import { describeSinkContract } from './sink-contract.ts';

beforeAll(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-secret');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

describeSinkContract({
  title: 'cloudwatch',
  key: 'cloudwatch',
  options: [],
  startBackend: startCloudWatchBackend,
  bytesOf: (request: MetricDataRequest) => JSON.stringify({ Namespace: request.namespace, MetricData: request.datums }),
  notExported: NOT_EXPORTED,
  illTyped: { option: 'resolution=5', says: /resolution must be one of 60, 1, got "5"/ },
  credentialWords: /cloudwatch:PutMetricData.*the environment \(AWS_ACCESS_KEY_ID\)/,
  module: 'shared/sinks/cloudwatch/index.ts',
  quota: { requests: { most: 500, per: SECOND } },
  // A refused right shows good credentials: what is asked is not what is sent.
  checkIgnores: ['forbidden'],
  skips: {},
});
