/** A kubeconfig document with one cluster and one user. JSON is YAML. */
export function renderKubeconfig(cluster: {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
}): string {
  const name = 'demo';
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: { server: cluster.url, 'certificate-authority-data': Buffer.from(cluster.ca).toString('base64') },
      },
    ],
    users: [{ name, user: { token: cluster.token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
