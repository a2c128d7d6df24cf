/** Sinks of Heapster that have ended: since when or why, and what to use instead. */
export const ENDED_SINKS: Readonly<Record<string, string>> = {
  hawkular:
    'ended when the Hawkular project did, and nothing takes its metrics any more; use prometheus: (remote write) with a store of your own',
  librato:
    'ended: SolarWinds moved Librato and AppOptics to SolarWinds Observability; use otlp: with the endpoint and token that it gives you',
  metric:
    'ended: what Heapster kept in memory for its model API, metrics-server serves now; the latest batch is kept in the state store ' +
    '(HEAPLESS_STATE) and needs no sink',
  wavefront:
    'ended on 2025-10-31 with the service (Wavefront, later Tanzu Observability); use otlp: or prometheus: with the service you moved to',
};
