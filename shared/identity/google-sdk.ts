// What is used of the package, so that the bundle holds no more; loaded by import() alone. It is CommonJS: imported by name
// from a bundle it would be a default export alone.
export { AwsClient, GoogleAuth, IdentityPoolClient, Impersonated } from 'google-auth-library';
