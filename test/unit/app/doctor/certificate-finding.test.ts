import { describe, expect, it } from 'vitest';
import { certificateFinding } from '../../../../shared/app/doctor/certificate-finding.ts';

const NOW = Date.parse('2026-06-15T00:00:00Z');
const GOOD = {
  issuer: { CN: 'kubernetes' },
  subjectaltname: 'DNS:api.example, IP Address:10.0.0.1',
  valid_from: 'Jan  1 00:00:00 2026 GMT',
  valid_to: 'Jan  1 00:00:00 2027 GMT',
};
const CONTEXT = { error: undefined, name: 'api.example', insecure: false, hasCa: true, now: NOW };

describe('a certificate', () => {
  it('that is trusted says for whom, by whom and until when', () => {
    expect(certificateFinding(GOOD, CONTEXT)).toEqual({
      step: 'tls',
      status: 'ok',
      sentence: 'the certificate is for api.example, signed by "kubernetes", valid until 2027-01-01',
    });
  });

  it.each([
    ['ends within two weeks', { valid_to: 'Jun 28 00:00:00 2026 GMT' }, {}, 'note', /which is soon/],
    [
      'has ended',
      { valid_to: 'Jun  1 00:00:00 2026 GMT' },
      { error: 'CERT_HAS_EXPIRED' },
      'problem',
      /ended on 2026-06-01/,
    ],
    [
      'has not begun',
      { valid_from: 'Jul  1 00:00:00 2026 GMT' },
      { error: 'CERT_NOT_YET_VALID' },
      'problem',
      /begins on 2026-07-01/,
    ],
    [
      'is for others',
      {},
      { error: 'ERR_TLS_CERT_ALTNAME_INVALID', name: 'x' },
      'problem',
      /not for x but for api\.example, 10\.0\.0\.1/,
    ],
    [
      'is of another authority',
      {},
      { error: 'SELF_SIGNED_CERT_IN_CHAIN' },
      'problem',
      /not the one given for the cluster/,
    ],
    [
      'is of no public authority',
      {},
      { error: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', hasCa: false },
      'problem',
      /this machine does not trust/,
    ],
    ['is not verified', {}, { error: 'SELF_SIGNED_CERT_IN_CHAIN', insecure: true }, 'note', /anybody on the way/],
    [
      'says nothing',
      { issuer: {}, valid_from: undefined, valid_to: undefined },
      { error: 'X' },
      'problem',
      /nobody who is named/,
    ],
  ] as const)('that %s', (_what, parts, context, status, sentence) => {
    const { valid_from, valid_to, ...rest } = { ...GOOD, ...parts };
    const dates = { ...(valid_from !== undefined && { valid_from }), ...(valid_to !== undefined && { valid_to }) };

    const finding = certificateFinding({ ...rest, ...dates }, { ...CONTEXT, ...context });

    expect([finding.status, finding.sentence]).toEqual([status, expect.stringMatching(sentence)]);
    expect(finding.mend).toBeTruthy();
  });
});
