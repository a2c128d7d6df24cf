import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** The account that Azurite has by itself; a published constant, no secret. */
export const AZURITE_ACCOUNT = 'devstoreaccount1';
export const AZURITE_KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const MAIN = resolve(import.meta.dirname, '../../node_modules/azurite/dist/src/blob/main.js');

export interface Azurite {
  /** `http://127.0.0.1:PORT/devstoreaccount1`, or `https`. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** PEM files: over TLS Azurite takes tokens of Entra as well (it checks audience, issuer and times). */
export interface AzuriteTls {
  readonly cert: string;
  readonly key: string;
}

/** Starts Azurite's blob service in memory on a free port. Rejects if it does not say within 30 s where it listens. */
export async function startAzurite(tls?: AzuriteTls): Promise<Azurite> {
  const secure = tls === undefined ? [] : ['--oauth', 'basic', '--cert', tls.cert, '--key', tls.key];
  const args = [MAIN, '--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', '--silent', ...secure];
  const child = spawn(process.execPath, [...args, '--blobHost', '127.0.0.1', '--blobPort', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const port = await new Promise<string>((settle, reject) => {
    const timer = setTimeout(() => reject(new Error(`azurite did not start: ${said}`)), 30_000);
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      const found = /listens on https?:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      settle(found);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', (code) => reject(new Error(`azurite ended with ${code}: ${said}`)));
  });
  return {
    endpoint: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/${AZURITE_ACCOUNT}`,
    async stop() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
