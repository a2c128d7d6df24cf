import { describe, expect, it } from 'vitest';
import { parseUri } from '../../shared/config/uri.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { openSink } from '../../shared/sinks/registry.ts';
import type { LineRequest } from '../../shared/sinks/text/line-request.ts';
import { wholeCatalogBatch } from '../contract/sinks/contract-batch.ts';
import { decodeByProtoc } from '../support/protoc.ts';
import { missingPart, realPart } from '../support/real-part.ts';

describe('riemann as protoc reads it', () => {
  it('is the message of the definitions, with nothing unknown in it', async (context) => {
    const part = realPart('protoc');
    if (part === undefined) return context.skip(missingPart('protoc'));
    const sink = await openSink(parseUri('riemann:tcp://localhost?state=ok&ttl=7.5', {}), {
      clock: systemClock,
      notice: () => {},
      write: () => {},
    });
    const requests = [...sink.encode(wholeCatalogBatch(), () => {})] as LineRequest[];
    await sink.close();

    const text = decodeByProtoc(
      part.path,
      'riemann.proto',
      'riemann.Msg',
      Buffer.concat(requests.map(({ body }) => body)),
    );

    const points = requests.reduce((sum, request) => sum + request.points, 0);
    const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
    expect(points).toBeGreaterThan(100);
    expect(count(/^events \{$/gm)).toBe(points);
    expect(count(/^ {2}time: 1795478460$/gm)).toBe(points);
    expect(count(/^ {2}ttl: 7\.5$/gm)).toBe(points);
    expect(count(/^ {2}metric_(sint64|d): /gm)).toBe(points);
    expect(count(/^ {2}service: "cpu\/usage_rate"$/gm)).toBeGreaterThan(5);
    // What protoc does not know, it prints by number.
    expect(count(/^\s*\d+[:\s]/gm)).toBe(0);
  });
});
