import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** Makes this process trust an authority beside the usual ones, as NODE_EXTRA_CA_CERTS does for a process at its start. */
export function trustAuthority(pem: string): void {
  setDefaultCACertificates([...getCACertificates('default'), pem]);
}
