import { describe, expect, it } from 'vitest';
import { readAppSettings, readCallerSettings } from '../../../../functions/azure/app-settings.ts';
import { ConfigError } from '../../../../shared/core/errors.ts';

const TENANT = '11111111-2222-4333-8444-555555555555';
const CALLER = 'AAAAAAAA-0000-4000-8000-000000000001';
const CALLERS = {
  HEAPLESS_AZURE_TENANT: TENANT,
  HEAPLESS_AZURE_AUDIENCE: 'api://heapless',
  HEAPLESS_AZURE_CALLERS: CALLER,
};
const WHOLE = {
  HEAPLESS_STATE: 'azblob://acme/state/heapless',
  HEAPLESS_AZURE_URL: 'https://x.azurewebsites.net',
  ...CALLERS,
};

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ where, problem }) => `${where} ${problem}`);
    throw error;
  }
  return [];
}

describe('readAppSettings', () => {
  it('reads state, the address of the functions and the vault', () => {
    const settings = readAppSettings({ ...WHOLE, HEAPLESS_AZURE_KEY_VAULT: 'https://acme.vault.azure.net' });

    expect(settings).toEqual({
      state: WHOLE.HEAPLESS_STATE,
      functions: { url: new URL('https://x.azurewebsites.net'), audience: 'api://heapless' },
      vault: new URL('https://acme.vault.azure.net'),
    });
  });

  it('wants nothing but state for a tick that does all itself', () => {
    expect(readAppSettings({ HEAPLESS_STATE: 'memory:' })).toMatchObject({ functions: undefined, vault: undefined });
  });

  it('tells all that is wrong at once', () => {
    const env = { HEAPLESS_AZURE_URL: 'ftp://x', HEAPLESS_AZURE_KEY_VAULT: 'http://acme.vault.azure.net' };

    expect(problemsOf(() => readAppSettings(env))).toEqual([
      expect.stringMatching(/^HEAPLESS_STATE is not set; write azblob:\/\/ACCOUNT\/CONTAINER\/PREFIX/),
      'HEAPLESS_AZURE_URL must be an https:// address without user and query, got "ftp://x"',
      'HEAPLESS_AZURE_KEY_VAULT must be an https:// address without user and query, got "http://acme.vault.azure.net"',
    ]);
  });

  it('sends no token over a line that all can read, but on this machine', () => {
    expect(problemsOf(() => readAppSettings({ ...WHOLE, HEAPLESS_AZURE_URL: 'http://x.azurewebsites.net' }))).toEqual([
      expect.stringMatching(/^HEAPLESS_AZURE_URL must be https:\/\/, because a token is sent there/),
    ]);
    expect(problemsOf(() => readAppSettings({ ...WHOLE, HEAPLESS_AZURE_URL: 'http://127.0.0.1:7071' }))).toEqual([]);
  });

  it('refuses to fan out to functions that would let nobody in', () => {
    const { HEAPLESS_STATE, HEAPLESS_AZURE_URL } = WHOLE;

    expect(problemsOf(() => readAppSettings({ HEAPLESS_STATE, HEAPLESS_AZURE_URL }))).toEqual([
      expect.stringMatching(/^HEAPLESS_AZURE_TENANT must be the id of the directory/),
      expect.stringMatching(/^HEAPLESS_AZURE_AUDIENCE must be the App ID URI/),
      expect.stringMatching(/^HEAPLESS_AZURE_CALLERS must be object or client ids .* got nothing$/),
    ]);
  });
});

describe('readCallerSettings', () => {
  it('reads several callers, whatever their letters are', () => {
    const other = 'bbbbbbbb-0000-4000-8000-000000000002';

    const settings = readCallerSettings({ ...CALLERS, HEAPLESS_AZURE_CALLERS: ` ${CALLER}, ${other} ,` });

    expect(settings).toEqual({
      tenant: TENANT,
      audience: 'api://heapless',
      callers: [CALLER.toLowerCase(), other],
      authority: new URL('https://login.microsoftonline.com'),
    });
  });

  it.each([
    ['HEAPLESS_AZURE_TENANT', 'contoso.onmicrosoft.com'],
    ['HEAPLESS_AZURE_AUDIENCE', 'https://management.azure.com'],
    ['HEAPLESS_AZURE_CALLERS', `${CALLER},everybody`],
    ['AZURE_AUTHORITY_HOST', 'http://login.microsoftonline.com'],
  ])('refuses %s of %s', (name, value) => {
    expect(problemsOf(() => readCallerSettings({ ...CALLERS, [name]: value }))).toEqual([
      expect.stringMatching(new RegExp(`^${name} must be .*, got `)),
    ]);
  });
});
