import { describe, expect, it } from 'vitest';
import { functionTime, readCallerSettings, readFunctionSettings } from '../../../../functions/gcp/function-settings.ts';

const STATE = { HEAPLESS_STATE: 'gs://acme/heapless' };
const SCRAPE = 'https://heapless-scrape-1.europe-west1.run.app';
const REDUCE = 'https://heapless-reduce-1.europe-west1.run.app';
const CALLERS = { HEAPLESS_GCP_AUDIENCE: SCRAPE, HEAPLESS_GCP_CALLERS: 'Tick@acme.iam.gserviceaccount.com' };

describe('the settings of a function', () => {
  it('say where state is and where shards and the reduction run', () => {
    const env = { ...STATE, HEAPLESS_GCP_SCRAPE_URL: SCRAPE, HEAPLESS_GCP_REDUCE_URL: REDUCE };

    expect(readFunctionSettings(env)).toEqual({
      state: 'gs://acme/heapless',
      functions: { scrape: new URL(SCRAPE), reduce: new URL(REDUCE) },
      project: undefined,
    });
    expect(readFunctionSettings(STATE).functions).toBeUndefined();
  });

  it.each([
    [{}, /HEAPLESS_STATE: is not set; write gs:/],
    [
      { ...STATE, HEAPLESS_GCP_SCRAPE_URL: SCRAPE },
      /HEAPLESS_GCP_REDUCE_URL: is not set, and HEAPLESS_GCP_SCRAPE_URL is/,
    ],
    [{ ...STATE, HEAPLESS_GCP_REDUCE_URL: REDUCE }, /HEAPLESS_GCP_SCRAPE_URL: is not set/],
    [
      { ...STATE, HEAPLESS_GCP_SCRAPE_URL: 'http://a', HEAPLESS_GCP_REDUCE_URL: REDUCE },
      /must be an https:\/\/ address/,
    ],
    [
      { ...STATE, HEAPLESS_GCP_PROJECT: 'No Project' },
      /HEAPLESS_GCP_PROJECT: must be a project id or number, got "No Project"/,
    ],
  ])('are refused by name: %o', (env, said) => {
    expect(() => readFunctionSettings(env)).toThrow(said);
  });
});

describe('the callers of a function', () => {
  it('are service accounts, in lower case', () => {
    expect(readCallerSettings(CALLERS)).toEqual({
      audience: SCRAPE,
      callers: ['tick@acme.iam.gserviceaccount.com'],
      behindIam: false,
    });
  });

  it.each([
    [{}, /HEAPLESS_GCP_AUDIENCE: is not set; write the function's own address/],
    [{ ...CALLERS, HEAPLESS_GCP_CALLERS: '' }, /HEAPLESS_GCP_CALLERS: must be e-mail addresses.*got nothing/],
    [{ ...CALLERS, HEAPLESS_GCP_CALLERS: 'allUsers' }, /HEAPLESS_GCP_CALLERS: .*got "allusers"/],
    [{ ...CALLERS, HEAPLESS_GCP_BEHIND_IAM: 'yes' }, /HEAPLESS_GCP_BEHIND_IAM: must be true or false, got "yes"/],
  ])('are refused by name: %o', (env, said) => {
    expect(() => readCallerSettings(env)).toThrow(said);
  });
});

describe("a function's time", () => {
  it("is what it is deployed with, or the platform's default", () => {
    expect(functionTime({ HEAPLESS_GCP_TIMEOUT_SEC: '55' })).toBe(55_000);
    expect(functionTime({})).toBe(60_000);
  });

  it.each(['0', '-1', '1.5', '3601', 'soon'])('is refused: %s', (text) => {
    expect(() => functionTime({ HEAPLESS_GCP_TIMEOUT_SEC: text })).toThrow(/whole seconds of 1 to 3600/);
  });
});
