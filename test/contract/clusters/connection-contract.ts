import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { ClusterConnection } from '../../../shared/clusters/connector.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { createDeadline } from '../../../shared/core/deadline.ts';

/** A connection under test, and how often its source of logins was asked so far. */
export interface ConnectionCase extends AsyncDisposable {
  readonly connection: ClusterConnection;
  readonly asked: () => number;
}

/** What every connector promises about the connection that it gives. */
export function describeConnection(name: string, start: () => Promise<ConnectionCase>): void {
  const login = async ({ connection }: ConnectionCase, renew = false) => {
    using deadline = createDeadline(Date.now() + 10_000, systemClock);
    return await connection.authenticate({ renew, deadline });
  };

  describe(`the connection of ${name}`, () => {
    it('has an https address without a trailing slash, and verifies it', async () => {
      await using one = await start();

      expect(one.connection.server).toMatch(/^https:\/\/[^/]+(\/.*[^/])?$/);
      expect(one.connection.insecure).toBe(false);
      if (one.connection.ca !== undefined) expect(one.connection.ca).toContain('BEGIN CERTIFICATE');
    });

    it('logs in by a header of printable characters', async () => {
      await using one = await start();

      const { authorization } = await login(one);

      expect(authorization).toMatch(/^(Bearer|Basic) [\x21-\x7e]+$/);
    });

    it('keeps a login: many requests at once ask for it once', async () => {
      await using one = await start();
      const first = await login(one);
      const asked = one.asked();

      const others = await Promise.all(Array.from({ length: 20 }, () => login(one)));

      expect(new Set(others.map((each) => each['authorization']))).toEqual(new Set([first['authorization']]));
      expect(one.asked()).toBe(asked);
    });

    it('asks again for a renewal, once for all who want it', async () => {
      await using one = await start();
      await login(one);
      const asked = one.asked();

      await Promise.all(Array.from({ length: 20 }, () => login(one, true)));

      expect(one.asked()).toBe(asked + 1);
    });

    it('does not outlast an aborted deadline', async () => {
      await using one = await start();
      using deadline = createDeadline(Date.now() - 1, systemClock);

      await expect(one.connection.authenticate({ renew: true, deadline })).rejects.toThrow();
    });

    it('does not show its login', async () => {
      await using one = await start();
      const secret = (await login(one))['authorization']?.split(' ')[1] ?? '';

      expect(secret).not.toBe('');
      expect(inspect(one.connection, { depth: 5, showHidden: true })).not.toContain(secret);
    });
  });
}
