import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { HeaplessError } from '../core/errors.ts';
import type { UnixMillis } from '../core/units.ts';

const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED )?CERTIFICATE-----/g;

function fail(problem: string, cause?: unknown): never {
  throw new HeaplessError(problem, { code: 'cluster_certificate', cause });
}

function certificatesOf(pem: string, what: string): readonly X509Certificate[] {
  const blocks = pem.match(CERTIFICATE) ?? fail(`${what} holds no PEM certificate`);
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch (cause) {
      return fail(`${what} holds a damaged PEM certificate`, cause);
    }
  });
}

function ended(certificate: X509Certificate, now: UnixMillis): boolean {
  return Date.parse(certificate.validTo) < now;
}

/** The bundle, if it has certificates and one of them has not expired. Throws `HeaplessError` naming `what`. */
export function checkAuthority(pem: string, what: string, now: UnixMillis): string {
  const certificates = certificatesOf(pem, what);
  if (certificates.every((certificate) => ended(certificate, now))) {
    fail(`${what} expired on ${certificates[0]?.validTo}`);
  }
  return pem;
}

/** A client certificate and its key, if they belong together and are valid now. Throws `HeaplessError` naming them. */
export function checkClientCertificate(
  pair: { readonly cert: string; readonly key: string },
  names: { readonly cert: string; readonly key: string },
  now: UnixMillis,
): { readonly cert: string; readonly key: string } {
  const [certificate] = certificatesOf(pair.cert, names.cert);
  if (certificate === undefined || ended(certificate, now)) {
    fail(`${names.cert} expired on ${certificate?.validTo}; get a new one`);
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(pair.key);
  } catch (cause) {
    const encrypted = /ENCRYPTED/.test(pair.key);
    fail(
      `${names.key} ${encrypted ? 'is encrypted; store it without a passphrase' : 'holds no PEM private key'}`,
      cause,
    );
  }
  if (!certificate.checkPrivateKey(key)) fail(`${names.key} does not belong to ${names.cert}`);
  return pair;
}
