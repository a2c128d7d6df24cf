import { describe, expect, it } from 'vitest';
import { notJson } from '../../../shared/kube/json-body.ts';

describe('notJson', () => {
  it.each([
    ['{"a":1}', undefined],
    [' \r\n{"a":1}\n\n', undefined],
    ['{}', undefined],
    ['', /empty/],
    [' \n', /empty/],
    ['{', /ends in the middle, after 1 bytes/],
    ['{"a":[1,2', /ends in the middle/],
    ['<html>', /HTML/],
    ['[1]', /application\/json instead of JSON/],
    ['\u001f\u008b', /instead of JSON/],
  ])('says of %j: %s', (body, problem) => {
    const said = notJson(Buffer.from(body), 'application/json', []);

    if (problem === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(problem);
  });
});
