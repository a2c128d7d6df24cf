// Loaded by import() alone. It is CommonJS: imported by name from a bundle it would be a default export alone.
export { compress, uncompress } from 'snappyjs';
