import type { TokenCredential } from '@azure/identity';

/**
 * The managed identity of this app: the user-assigned one that `AZURE_CLIENT_ID` names, else the app's own. Kept for the
 * life of the instance, because it holds the tokens; a new instance asks the platform once.
 */
let warm: Promise<TokenCredential> | undefined;

/** The credential of this function instance. */
export function appIdentity(): Promise<TokenCredential> {
  warm ??= open();
  return warm;
}

async function open(): Promise<TokenCredential> {
  const { ManagedIdentityCredential } = await import('./identity-sdk.ts');
  const clientId = process.env['AZURE_CLIENT_ID'] ?? '';
  return clientId === '' ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
}
