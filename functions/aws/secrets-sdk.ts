// What is used of the package, so that the bundle holds no more; loaded by import() alone.
export { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
