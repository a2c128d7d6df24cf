export type Route = 'summary' | 'nodes' | 'namespaces' | 'pods' | 'refused';

export interface RouteTraffic {
  readonly requests: number;
  /** Body bytes as sent. */
  readonly bytes: number;
  /** Body bytes before compression. */
  readonly plainBytes: number;
}

/** What a generator has served since it was last asked to forget. */
export interface TrafficReport {
  readonly routes: Readonly<Record<Route, RouteTraffic>>;
  /** Most requests of the API that were under way at once; a hanging one counts until the client leaves. */
  readonly peakInFlight: number;
  readonly inFlight: number;
  readonly connections: number;
}

export interface Traffic {
  begin(): void;
  end(): void;
  connected(): void;
  served(route: Route, bytes: number, plainBytes?: number): void;
  report(): TrafficReport;
  /** Starts counting anew; what is under way stays under way. */
  forget(): void;
}

const ROUTES: readonly Route[] = ['summary', 'nodes', 'namespaces', 'pods', 'refused'];

export function createTraffic(): Traffic {
  let routes = empty();
  let inFlight = 0;
  let peakInFlight = 0;
  let connections = 0;
  return {
    begin() {
      inFlight++;
      peakInFlight = Math.max(peakInFlight, inFlight);
    },
    end() {
      inFlight--;
    },
    connected() {
      connections++;
    },
    served(route, bytes, plainBytes = bytes) {
      const of = routes[route];
      of.requests++;
      of.bytes += bytes;
      of.plainBytes += plainBytes;
    },
    report: () => structuredClone({ routes, peakInFlight, inFlight, connections }),
    forget() {
      routes = empty();
      peakInFlight = inFlight;
      connections = 0;
    },
  };
}

function empty(): Record<Route, { requests: number; bytes: number; plainBytes: number }> {
  const entries = ROUTES.map((route) => [route, { requests: 0, bytes: 0, plainBytes: 0 }] as const);
  return Object.fromEntries(entries) as ReturnType<typeof empty>;
}
