import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../shared/core/units.ts';
import {
  type BacklogObject,
  backlogPoints,
  decodeBacklog,
  encodeBacklog,
} from '../../../shared/state/backlog-object.ts';

const T0 = Date.UTC(2026, 0, 1, 12, 0, 0);
const OBJECT: BacklogObject = {
  timestamp: T0,
  kind: 'spilled',
  requests: [
    { points: 3, idempotent: true, body: Buffer.from('cpu value=1i\n') },
    { points: 0, idempotent: false, body: Buffer.alloc(0) },
    { points: 200, idempotent: false, body: Buffer.from([0, 255, 10, 13]) },
  ],
};

async function reasonOf(bytes: Uint8Array): Promise<string> {
  const decoded = await decodeBacklog(bytes);
  return decoded.status === 'ok' ? 'ok' : decoded.reason;
}

/** The object with its unpacked bytes changed. */
async function changed(change: (all: Buffer) => void): Promise<Buffer> {
  const all = gunzipSync(await encodeBacklog(OBJECT));
  change(all);
  return gzipSync(all);
}

describe('a backlog object', () => {
  it('reads what was written', async () => {
    const decoded = await decodeBacklog(await encodeBacklog(OBJECT));

    expect(decoded).toEqual({ status: 'ok', object: OBJECT });
    expect(backlogPoints(OBJECT)).toBe(203);
  });

  it('reads whatever was written', async () => {
    const request = fc.record({ points: fc.nat(), idempotent: fc.boolean(), body: fc.uint8Array({ maxLength: 300 }) });
    const object = fc.record({
      timestamp: fc.integer({ min: 0, max: 2e12 }),
      kind: fc.constantFrom('spilled' as const, 'ahead' as const),
      requests: fc.array(request, { maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(object, async (written) => {
        const decoded = await decodeBacklog(await encodeBacklog(written));
        if (decoded.status !== 'ok') throw new Error(decoded.reason);
        const bodies = decoded.object.requests.map(({ body, ...rest }) => ({ ...rest, body: Uint8Array.from(body) }));
        expect({ ...decoded.object, requests: bodies }).toEqual(written);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['is another version', (all: Buffer) => all.writeUInt32LE(2, 8), /format 2; this build reads 1/],
    ['is something else', (all: Buffer) => all.write('OTHER', 0), /not a backlog/],
    ['has a changed byte', (all: Buffer) => all.writeUInt8(all.at(-1)! ^ 1, all.length - 1), /checksum/],
    ['has a header that is too long', (all: Buffer) => all.writeUInt32LE(4_000, 12), /does not fit/],
  ])('is unreadable if it %s', async (_, change, says) => {
    expect(await reasonOf(await changed(change))).toMatch(says);
  });

  it('is unreadable if it is no gzip, or cut short anywhere', async () => {
    const bytes = Buffer.from(await encodeBacklog({ ...OBJECT, timestamp: T0 + MINUTE }));

    expect(await reasonOf(Buffer.from('{"not":"gzip"}'))).toMatch(/not gzip/);
    for (let length = 0; length < bytes.length; length++) {
      expect(await reasonOf(bytes.subarray(0, length))).not.toBe('ok');
    }
  });

  it('does not unpack a bomb', async () => {
    expect(await reasonOf(gzipSync(Buffer.alloc(300 * 1_048_576)))).toMatch(/larger than 256 MB/);
  });
});
