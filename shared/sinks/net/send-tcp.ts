import { connect } from 'node:net';

export interface TcpAddress {
  readonly host: string;
  readonly port: number;
}

export interface TcpSettings {
  /** True waits until the other side has read to the end and closed; else the kernel's word is enough. */
  readonly untilClosed: boolean;
}

/**
 * Sends bytes over a connection of their own and ends it. Line protocols answer nothing: the nearest thing to an
 * acknowledgement is that the other side closes without an error when it has read our end. Rejects with the socket's
 * error, or the signal's reason.
 */
export function sendTcp(
  address: TcpAddress,
  body: Uint8Array,
  settings: TcpSettings,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const socket = connect({ ...address, noDelay: true });
    const finish = (error?: unknown): void => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    // A reset, since our end may be with the other side already: else it would keep the connection.
    const abort = (): void => {
      socket.resetAndDestroy();
      finish(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.on('error', finish);
    socket.on('close', () => finish());
    // Whatever is said is read and thrown away: an unread byte would turn our end into a reset.
    socket.resume();
    socket.end(body, () => {
      if (!settings.untilClosed) finish();
    });
  });
}
