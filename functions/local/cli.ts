import { main } from './main.ts';

/** The `heapless` command. A second interrupt ends it at once; the first one lets the running tick end. */
const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());
process.once('SIGTERM', () => interrupt.abort());
// Who reads no further (`heapless … | head`) has seen enough: no error, and nothing more is begun.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  interrupt.abort();
});

process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  signal: interrupt.signal,
  color: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
});
