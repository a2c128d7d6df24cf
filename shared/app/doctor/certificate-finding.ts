import { HOUR, type UnixMillis } from '../../core/units.ts';
import { note, ok, problem, type StepFinding } from './finding.ts';

const DAY = 24 * HOUR;
/** A certificate that ends sooner is worth a word. */
const SOON = 14 * DAY;

/** What is read of a server's certificate. Source: node:tls PeerCertificate. */
export interface CertificateParts {
  readonly subject?: { readonly CN?: string | string[] };
  readonly issuer?: { readonly CN?: string | string[] };
  readonly subjectaltname?: string;
  readonly valid_from?: string;
  readonly valid_to?: string;
}

export interface CertificateContext {
  /** OpenSSL's or Node's code of why it is not trusted; undefined = it is. */
  readonly error: string | undefined;
  /** The name that it must be for. */
  readonly name: string;
  readonly insecure: boolean;
  /** True if the cluster has an authority of its own. */
  readonly hasCa: boolean;
  readonly now: UnixMillis;
}

/** What a server's certificate means: trusted, for another name, not valid now, of another authority. Pure. */
export function certificateFinding(certificate: CertificateParts, context: CertificateContext): StepFinding {
  const { error, name, insecure, hasCa, now } = context;
  const until = Date.parse(certificate.valid_to ?? '');
  const from = Date.parse(certificate.valid_from ?? '');
  const issuer = `signed by ${JSON.stringify(textOf(certificate.issuer?.CN) ?? 'nobody who is named')}`;
  const day = (at: UnixMillis): string =>
    Number.isNaN(at) ? 'a time that it does not say' : new Date(at).toISOString().slice(0, 10);
  if (insecure) {
    const sentence = `insecure=true: the certificate (${issuer}) is not verified, so that anybody on the way can read the token`;
    return note('tls', sentence, 'leave insecure= out, and give ca_file= with the authority of the cluster');
  }
  if (error === undefined) {
    const sentence = `the certificate is for ${name}, ${issuer}, valid until ${day(until)}`;
    if (until - now >= SOON) return ok('tls', sentence);
    return note(
      'tls',
      `${sentence}, which is soon`,
      "renew the API server's certificate (a managed control plane does it)",
    );
  }
  if (error === 'CERT_HAS_EXPIRED' || until < now) {
    const clock = `this clock says ${new Date(now).toISOString()}`;
    return problem(
      'tls',
      `the certificate ended on ${day(until)}; ${clock}`,
      "renew the API server's certificate, or set this clock right",
    );
  }
  if (error === 'CERT_NOT_YET_VALID' || from > now) {
    return problem(
      'tls',
      `the certificate begins on ${day(from)}; this clock says ${new Date(now).toISOString()}`,
      'set this clock right',
    );
  }
  if (error === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = (certificate.subjectaltname ?? '').replaceAll(/(?:DNS|IP Address):/g, '') || 'no name';
    const mend = `use one of its names as the host of the source, or add server_name=${names.split(', ')[0]}`;
    return problem('tls', `the certificate is not for ${name} but for ${names}`, mend);
  }
  const authority = hasCa
    ? 'an authority that is not the one given for the cluster'
    : 'an authority that this machine does not trust';
  const mend = "give the cluster's own authority: ca_file=, or certificate-authority-data of the kubeconfig";
  return problem('tls', `the certificate is ${issuer}, ${authority} (${error})`, mend);
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(' ') : value;
}
