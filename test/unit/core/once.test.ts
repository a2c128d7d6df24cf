import { expect, it } from 'vitest';
import { once } from '../../../shared/core/once.ts';

it('makes a thing when it is first asked for, and keeps it', () => {
  let made = 0;
  const thing = once(() => ({ number: ++made }));
  const before = made;

  const [first, second] = [thing(), thing()];

  expect(before).toBe(0);
  expect(second).toBe(first);
  expect(made).toBe(1);
});
