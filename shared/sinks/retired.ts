/** Sinks of Heapster whose service has ended, and what to use instead. */
export const ENDED_SINKS: Readonly<Record<string, string>> = {
  hawkular: 'Hawkular Metrics ended in 2018; use prometheus: (remote write) with a store of your own',
  librato: 'Librato ended and its successor has another API; use otlp: with your vendor’s endpoint',
  wavefront: 'Wavefront ended as a product of its own; use otlp: with your vendor’s endpoint',
  metric:
    'Heapster’s in-memory store ended with its resident process; the latest batch is kept in the state store ' +
    '(HEAPLESS_STATE) and needs no sink',
};

/** Sinks of Heapster, and others people look for, that this build does not have, and what to use meanwhile. */
export const SINKS_ELSEWHERE: Readonly<Record<string, string>> = {
  riemann: 'log:?format=json with a shipper that writes Riemann events',
};
