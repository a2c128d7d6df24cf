import { describeError, HeaplessError } from '../../shared/core/errors.ts';
import type { Millis } from '../../shared/core/units.ts';

/** Longest time for one secret: it is read before the first tick of a new instance. */
const SECRET_TIMEOUT: Millis = 5_000;

/**
 * Reads a secret of AWS Secrets Manager by name or ARN: its text, or its bytes as UTF-8.
 * Throws `HeaplessError` (`secret_missing`, `secret_refused`) that says what to do and never a value.
 */
export async function readSecret(name: string): Promise<string> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('./secrets-sdk.ts');
  const client = new SecretsManagerClient({ requestHandler: { connectionTimeout: 2_000 } });
  try {
    const command = new GetSecretValueCommand({ SecretId: name });
    const answer = await client.send(command, { abortSignal: AbortSignal.timeout(SECRET_TIMEOUT) });
    return answer.SecretString ?? Buffer.from(answer.SecretBinary ?? []).toString('utf8');
  } catch (cause) {
    throw refusal(cause);
  } finally {
    client.destroy();
  }
}

function refusal(cause: unknown): HeaplessError {
  if (cause instanceof Error && cause.name === 'ResourceNotFoundException') {
    const message = 'it is not in AWS Secrets Manager of this account and region; create it under this name';
    return new HeaplessError(message, { code: 'secret_missing', cause });
  }
  const advice =
    cause instanceof Error && cause.name.includes('AccessDenied')
      ? "; the function's role needs secretsmanager:GetSecretValue on it (deploy again: the stack grants what the URIs name)"
      : '';
  return new HeaplessError(`${describeError(cause)}${advice}`, { code: 'secret_refused', cause });
}
