import { NOT_EXPORTED } from '../../../shared/sinks/azuremonitor/mapping.ts';
import { type CustomMetricsRequest, toBody } from '../../../shared/sinks/azuremonitor/request.ts';
import { RESOURCE_ID, startCustomMetricsServer } from '../../sim/custom-metrics-server.ts';
import { HTTP_FAULTS } from './http-faults.ts';
import { describeSinkContract, type SinkBackend } from './sink-contract.ts';

async function startBackend(): Promise<SinkBackend> {
  const server = await startCustomMetricsServer();
  return {
    options: [`endpoint=${encodeURIComponent(server.url)}`, `resource_id=${RESOURCE_ID}`, 'token=publisher'],
    stored: () =>
      server.stored.map(({ namespace, metric, dimensions, sum }) => ({
        metric: `${namespace} ${metric}`,
        series: JSON.stringify(dimensions),
        value: sum,
      })),
    get openSockets() {
      return server.openSockets;
    },
    fail: (...faults) => server.fail(...faults.map((fault) => HTTP_FAULTS[fault])),
    failAlways: (fault) => server.failAlways(HTTP_FAULTS[fault]),
    refuse: (series) => server.refuse(series),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

describeSinkContract({
  title: 'azuremonitor',
  key: 'azuremonitor',
  options: [],
  startBackend,
  bytesOf: ({ parts }: CustomMetricsRequest) => toBody(parts),
  notExported: NOT_EXPORTED,
  illTyped: { option: 'totals=sum', says: /totals must be one of statistics, value, got "sum"/ },
  credentialWords: /token=; az role assignment create --role "Monitoring Metrics Publisher"/,
  module: 'shared/sinks/azuremonitor/index.ts',
  skips: {},
});
