import { generate } from 'selfsigned';

export interface ServerCertificate {
  /** PEM of the authority; of the server's certificate and key. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** A certificate for a kubelet: of the authority, or signed by itself. */
  issue(kubelet: {
    readonly name: string;
    readonly addresses: readonly string[];
    readonly selfSigned: boolean;
  }): Promise<{ readonly cert: string; readonly key: string }>;
}

/** A fresh authority and a certificate of it for loopback, and for more DNS names. Neither is stored. */
export async function createCertificate(names: readonly string[] = []): Promise<ServerCertificate> {
  const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;
  const authority = await generate([{ name: 'commonName', value: 'demo-cluster-ca' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 2, value: 'kubernetes.default.svc' },
          { type: 7, ip: '127.0.0.1' },
          ...names.map((value) => ({ type: 2 as const, value })),
        ],
      },
    ],
  });
  return {
    ca: authority.cert,
    cert: server.cert,
    key: server.private,
    async issue({ name, addresses, selfSigned }) {
      const { cert, private: key } = await generate([{ name: 'commonName', value: `system:node:${name}` }], {
        ...common,
        ...(!selfSigned && { ca: { key: authority.private, cert: authority.cert } }),
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'keyUsage', digitalSignature: true },
          { name: 'extKeyUsage', serverAuth: true },
          {
            name: 'subjectAltName',
            altNames: [{ type: 2, value: name }, ...addresses.map((ip) => ({ type: 7, ip }) as const)],
          },
        ],
      });
      return { cert, key };
    },
  };
}
