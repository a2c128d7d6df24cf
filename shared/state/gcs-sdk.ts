// What is used of the package; loaded by import() alone. It is CommonJS: imported by name from a bundle it would be a default
// export alone.
export { GoogleAuth, PassThroughClient } from 'google-auth-library';
