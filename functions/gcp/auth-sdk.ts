// What is used of the package, so that the bundle holds no more; loaded by import() alone.
export { GoogleAuth } from 'google-auth-library';
