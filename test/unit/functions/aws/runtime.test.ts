import { describe, expect, it } from 'vitest';

import { awsPlatform } from '../../../../functions/aws/runtime.ts';
import { checkRequest } from '../../../../shared/fanout/check-version.ts';

const STATE = { HEAPLESS_STATE: 's3://bucket/state' };

describe('awsPlatform', () => {
  it('fans out to the functions that the environment names', () => {
    const env = { ...STATE, HEAPLESS_AWS_SCRAPE_FUNCTION: 'scrape', HEAPLESS_AWS_REDUCE_FUNCTION: 'reduce' };

    const { shardInvoker, reducer } = awsPlatform(env);

    expect(shardInvoker).toBeDefined();
    expect(reducer).toBeDefined();
  });

  it('works in its own process if it names none', () => {
    const { shardInvoker, reducer } = awsPlatform({ ...STATE, HEAPLESS_AWS_SCRAPE_FUNCTION: '' });

    expect(shardInvoker).toBeUndefined();
    expect(reducer).toBeUndefined();
  });

  it('refuses to keep state in an instance that forgets', () => {
    expect(() => awsPlatform({})).toThrow(/HEAPLESS_STATE: is not set; write s3:\/\/BUCKET\/PREFIX/);
  });
});

describe('checkRequest', () => {
  it('lets a request of this version through', () => {
    const request = { version: 1, endBy: 1 } as const;

    expect(checkRequest(request, 'scrape')).toBe(request);
  });

  it.each([[null], [undefined], [{ version: 2, endBy: 1 }], [{ version: 1 }], ['text']])('refuses %j', (event) => {
    expect(() => checkRequest(event as never, 'scrape')).toThrow(/scrape: this is no request of this version/);
  });
});
