import { describe, expect, it } from 'vitest';
import { describeConnectionError } from '../../../shared/kube/describe-connection-error.ts';

describe('describeConnectionError', () => {
  it.each([
    ['ENOTFOUND', /does not resolve/],
    ['EAI_AGAIN', /does not resolve/],
    ['ECONNREFUSED', /nothing listens there/],
    ['ETIMEDOUT', /no route/],
    ['CERT_HAS_EXPIRED', /not valid now/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /\(CA\)/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /\(CA\)/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /\(CA\)/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /\(CA\)/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /another name/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /client certificate/],
    ['HPE_INVALID_CONSTANT', /not HTTP/],
    ['ECONNRESET', /closed by the other side/],
    ['EWHATEVER', /check the network/],
  ])('says what to check on %s', (code, advice) => {
    const text = describeConnectionError(Object.assign(new Error('it broke'), { code }));

    expect(text).toMatch(advice);
    expect(text).toContain(`(${code}: it broke)`);
  });
});
