import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseApiStatus } from '../../../../shared/kube/parse-api-status.ts';

const EXPIRED = readFileSync(new URL('../../../data/objects/status-expired.pb', import.meta.url));
const PODS = readFileSync(new URL('../../../data/objects/datadog-windows-pods.pb', import.meta.url));

describe('a Status in protobuf', () => {
  it('says what one in JSON says', () => {
    expect(parseApiStatus(EXPIRED)).toEqual({
      message: 'The provided continue parameter is too old to display a consistent list result.',
      reason: 'Expired',
      kind: 'pods',
      continue: 'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6NDIsInN0YXJ0IjoiYSJ9',
    });
  });

  it('is told from another kind and from a cut one', () => {
    expect([parseApiStatus(PODS), parseApiStatus(EXPIRED.subarray(0, 60))]).toEqual([undefined, undefined]);
  });
});
