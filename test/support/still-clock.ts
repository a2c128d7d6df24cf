import { createServer } from 'node:http';

/**
 * Preloaded into a child process (`--import`): its calendar stands still at `CLOCK_STILL`, or where a POST of milliseconds
 * to `CLOCK_PORT` puts it; its timers run on.
 */
let still = Number(process.env['CLOCK_STILL']);
Date.now = () => still;

createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  request.on('end', () => {
    still = Number(text);
    response.end();
  });
})
  .listen(Number(process.env['CLOCK_PORT']), '127.0.0.1')
  .unref();
