/** A flag of Heapster that means nothing here any more. */
export interface RetiredFlag {
  readonly name: string;
  /** Heapster's default, as a user would write it. */
  readonly default: string;
  /** One sentence: what replaces it. */
  readonly instead: string;
  /** `notice`: the start goes on. `problem`: going on would mislead, unless the value is one of `harmless`. */
  readonly effect: 'notice' | 'problem';
  readonly harmless: readonly string[];
}

type Entry = readonly [name: string, byDefault?: string];

function retire(
  effect: RetiredFlag['effect'],
  instead: string,
  entries: readonly Entry[],
  harmless: readonly string[] = [],
): readonly RetiredFlag[] {
  return entries.map(([name, byDefault = '']) => ({ name, default: byDefault, instead, effect, harmless }));
}

const NO_PORT = 'Heapless opens no API port; metrics are in the sinks';
const NO_TLS = 'Heapless opens no API port, so there is nothing to protect';
const NO_LOG_FILES = 'Heapless writes one JSON line per event; use --log-level';
const OFF = ['false', 'f', 'F', 'FALSE', 'False', '0'];

/**
 * Every flag of Heapster (v1.6) that is not live in flags.ts. Those that ask for a service which is not there (the
 * historical API, the Metrics API) are problems: somebody would wait for it in vain. The others cost nothing.
 */
export const RETIRED_FLAGS: readonly RetiredFlag[] = [
  ...retire(
    'problem',
    'there is no historical API; ask the backend that the sink writes to',
    [['historical-source']],
    [''],
  ),
  ...retire('problem', 'Heapless serves no Metrics API; use metrics-server for it', [['api-server', 'false']], OFF),
  ...retire('notice', 'there is no in-memory metric sink to disable: Heapless keeps no history between ticks', [
    ['disable-metric-sink', 'false'],
  ]),
  ...retire('notice', 'there is no /metric-export to disable', [['disable-export', 'false']]),
  ...retire('notice', NO_PORT, [
    ['heapster-port', '8082'],
    ['listen-ip'],
    ['bind-address', '0.0.0.0'],
    ['secure-port', '443'],
    ['enable-swagger-ui', 'false'],
  ]),
  ...retire('notice', 'a function has the CPU of its memory size; use --shard-concurrency and --max-in-flight', [
    ['max-procs', '0'],
  ]),
  ...retire('notice', NO_TLS, [
    ['tls-cert'],
    ['tls-key'],
    ['tls-client-ca'],
    ['allowed-users'],
    ['cert-dir', 'apiserver.local.config/certificates'],
    ['tls-cert-file'],
    ['tls-private-key-file'],
    ['tls-sni-cert-key'],
    ['tls-ca-file'],
    ['authentication-kubeconfig'],
    ['authentication-token-webhook-cache-ttl', '10s'],
    ['authentication-skip-lookup', 'false'],
    ['client-ca-file'],
    ['requestheader-allowed-names'],
    ['requestheader-client-ca-file'],
    ['requestheader-username-headers', 'x-remote-user'],
    ['requestheader-group-headers', 'x-remote-group'],
    ['requestheader-extra-headers-prefix', 'x-remote-extra-'],
    ['authorization-kubeconfig'],
    ['authorization-webhook-cache-authorized-ttl', '10s'],
    ['authorization-webhook-cache-unauthorized-ttl', '10s'],
  ]),
  ...retire('notice', 'there is no profiling port; start Node with --cpu-prof', [
    ['profiling', 'true'],
    ['contention-profiling', 'false'],
  ]),
  ...retire('notice', NO_LOG_FILES, [
    ['v', '0'],
    ['vmodule'],
    ['logtostderr', 'true'],
    ['alsologtostderr', 'false'],
    ['stderrthreshold', '2'],
    ['log-dir'],
    ['log-flush-frequency', '5s'],
    ['log-backtrace-at', ':0'],
  ]),
];
