import { generate } from 'selfsigned';

export interface Authority {
  readonly ca: string;
  readonly key: string;
}

export interface CertificateSettings {
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const COMMON = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

export async function createAuthority(commonName = 'sim-ca'): Promise<Authority> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: commonName }], {
    ...COMMON,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  return { ca: cert, key };
}

/** A server's certificate of an authority, for `127.0.0.1` and `localhost` unless others are given. */
export async function issue(
  authority: Authority,
  { names = ['localhost'], addresses = ['127.0.0.1'], notBefore, notAfter }: CertificateSettings = {},
): Promise<{ readonly cert: string; readonly key: string }> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    ...COMMON,
    ca: { key: authority.key, cert: authority.ca },
    ...(notBefore !== undefined && { notBeforeDate: notBefore }),
    ...(notAfter !== undefined && { notAfterDate: notAfter }),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...names.map((value) => ({ type: 2, value }) as const),
          ...addresses.map((ip) => ({ type: 7, ip }) as const),
        ],
      },
    ],
  });
  return { cert, key };
}
