/** Where Kubernetes mounts a pod's service account. Only this folder's connectors read it. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

export const ACCOUNT_TOKEN = `${SERVICE_ACCOUNT}/token`;
export const ACCOUNT_AUTHORITY = `${SERVICE_ACCOUNT}/ca.crt`;
