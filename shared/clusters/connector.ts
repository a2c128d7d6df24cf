import type { Deadline } from '../core/deadline.ts';

/** The API server's own 401 or 403, and the user that it took us for. */
export interface ClusterRefusal {
  readonly status: 401 | 403;
  readonly user: string | undefined;
}

/** How to reach one API server: endpoint, trust, and who we are. */
export interface ClusterConnection {
  /** `https://host:port`, optionally with a base path; no trailing slash. */
  readonly server: string;
  /** PEM bundle that the server's certificate must chain to; undefined = the public roots. */
  readonly ca: string | undefined;
  /** Name expected in the server's certificate if it is not the host's. */
  readonly serverName: string | undefined;
  /** True if the certificate is not verified (`insecure=true`): warned about on every tick. */
  readonly insecure: boolean;
  /** Client certificate and key as PEM, if that is how we log in. */
  readonly clientCertificate: { readonly cert: string; readonly key: string } | undefined;
  /** Headers that authenticate a request (`authorization: Bearer …`). `renew` asks for a new token after a 401. */
  authenticate(options: {
    readonly renew: boolean;
    readonly deadline: Deadline;
  }): Promise<Readonly<Record<string, string>>>;
  /** What the refusal means in this cloud, and the command that mends it; absent = nothing more is known. */
  readonly advise?: (refusal: ClusterRefusal) => string;
}
