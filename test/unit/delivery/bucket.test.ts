import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../shared/core/units.ts';
import { bucketSize, createBucket } from '../../../shared/delivery/bucket.ts';

describe('bucketSize', () => {
  it('is a fifth of the quota at once and seven tenths in the length of its window', () => {
    expect(bucketSize({ most: 500, per: SECOND })).toEqual({ perSecond: 350, burst: 100 });
    expect(bucketSize({ most: 30_000, per: MINUTE })).toEqual({ perSecond: 350, burst: 6_000 });
  });
});

describe('createBucket', () => {
  it('begins full, gives what it holds at once, and then at its rate', () => {
    const bucket = createBucket({ perSecond: 10, burst: 3 }, 0);
    for (let token = 0; token < 3; token++) {
      expect(bucket.wait(1, 0)).toBe(0);
      bucket.take(1);
    }

    expect(bucket.wait(1, 0)).toBe(100);
    expect(bucket.wait(1, 99)).toBe(1);
    expect(bucket.wait(1, 100)).toBe(0);
    expect(bucket.wait(2, 100)).toBe(100);
  });

  it('holds no more than its burst after a rest', () => {
    const bucket = createBucket({ perSecond: 10, burst: 3 }, 0);

    expect(bucket.wait(3, 3_600_000)).toBe(0);
    bucket.take(3);
    expect(bucket.wait(1, 3_600_000)).toBe(100);
  });

  it('lets a cost above its burst go when it is full, and makes up for it afterwards', () => {
    const bucket = createBucket({ perSecond: 10, burst: 3 }, 0);
    bucket.take(1);

    expect(bucket.wait(5, 0)).toBe(100);
    expect(bucket.wait(5, 100)).toBe(0);
    bucket.take(5);
    expect(bucket.wait(1, 100)).toBe(300);
  });

  it('that holds less than one token waits for a whole one', () => {
    const bucket = createBucket({ perSecond: 1, burst: 1 }, 0);
    bucket.resize({ perSecond: 1, burst: 0.25 }, 0, 0);

    expect(bucket.wait(1, 0)).toBe(750);
    expect(bucket.wait(1, 750)).toBe(0);
    bucket.take(1);
    expect(bucket.wait(1, 750)).toBe(1_000);
  });

  it('remembers what was taken when its size changes', () => {
    const bucket = createBucket({ perSecond: 10, burst: 10 }, 0);
    bucket.take(10);

    bucket.resize({ perSecond: 5, burst: 2 }, 0, 200);

    // Two came back at the old rate; eight are missing, of which six are more than it holds now.
    expect(bucket.wait(1, 200)).toBe(1_400);
  });

  it('gives nothing for a clock that steps back', () => {
    const bucket = createBucket({ perSecond: 10, burst: 1 }, 1_000);
    bucket.take(1);

    expect(bucket.wait(1, 0)).toBe(100);
    expect(bucket.wait(1, 100)).toBe(0);
  });
});
