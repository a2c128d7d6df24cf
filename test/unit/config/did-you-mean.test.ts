import { describe, expect, it } from 'vitest';
import { didYouMean } from '../../../shared/config/did-you-mean.ts';

const OPTIONS = ['cluster_name', 'min_interval_sec', 'kubeletPort', 'pw'];

describe('didYouMean', () => {
  it.each([
    ['clustername', 'cluster_name'],
    ['kubelet-port', 'kubeletPort'],
    ['min_intreval_sec', 'min_interval_sec'],
    ['wp', 'pw'],
    ['zebra', undefined],
    ['', undefined],
  ])('of "%s" is %s', (word, expected) => {
    expect(didYouMean(word, OPTIONS)).toBe(expected);
  });
});
