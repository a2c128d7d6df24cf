import { describe, expect, it } from 'vitest';
import { functionTime } from '../../../../functions/azure/function-time.ts';

const SETTING = 'AzureFunctionsJobHost__functionTimeout';

describe('functionTime', () => {
  it('is what host.json says, and less than the minute of the schedule', () => {
    expect(functionTime({})).toBe(55_000);
  });

  it('is what the app setting says, which the host prefers too', () => {
    expect(functionTime({ [SETTING]: '00:04:30' })).toBe(270_000);
  });

  it.each(['-1', '00:00:00', '55', '1:2', ''])('refuses %j, because nothing could be in time', (text) => {
    expect(() => functionTime({ [SETTING]: text })).toThrow(
      `${SETTING}: must be a time of hh:mm:ss above 0, such as 00:00:55, got ${JSON.stringify(text)}`,
    );
  });
});
