import { deepEqual, ok } from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { unpackPayload } from '../../functions/aws/packed-payload.ts';
import { HeaplessError } from '../../shared/core/errors.ts';
import { byteChanges, changeBytes } from './byte-changes.ts';
import { type FuzzSuite, property } from './suite.ts';

const body = fc.tuple(fc.jsonValue({ maxDepth: 3 }), byteChanges, fc.string({ maxLength: 3 }));

/** Payloads between functions: what was packed comes out, anything else is refused by its code. */
export const payload: FuzzSuite = {
  name: 'payload',
  share: 0.02,
  run: property(body, ([value, changes, tail]) => {
    const packed = gzipSync(JSON.stringify(value), { level: 1 });
    deepEqual(unpackPayload({ packed: 'gzip', body: packed.toString('base64') }), JSON.parse(JSON.stringify(value)));
    try {
      unpackPayload({ packed: 'gzip', body: changeBytes(packed, changes).toString('base64') + tail });
    } catch (error) {
      ok(error instanceof HeaplessError && error.code === 'event_invalid', String(error));
    }
  }),
};
