import { execFileSync } from 'node:child_process';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it } from 'vitest';
import { presignEksToken } from '../../../shared/clusters/eks-token.ts';
import type { AwsIdentity } from '../../../shared/identity/aws-credentials.ts';

const AT = Date.UTC(2026, 10, 23);
const IDENTITY: AwsIdentity = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret/+key', sessionToken: 'tok/+=' };

/** botocore's own presigner, asked for the same thing. */
const ORACLE = `
import datetime, json, sys
import botocore.auth, botocore.session
from botocore.signers import RequestSigner
from botocore.model import ServiceId
i = json.loads(sys.argv[1])
class Clock(datetime.datetime):
    @classmethod
    def utcnow(cls): return cls.utcfromtimestamp(i['at'] / 1000)
    @classmethod
    def now(cls, tz=None): return cls.fromtimestamp(i['at'] / 1000, tz)
botocore.auth.datetime.datetime = Clock if hasattr(botocore.auth.datetime, 'datetime') else None
if hasattr(botocore.auth, 'get_current_datetime'):
    botocore.auth.get_current_datetime = lambda *a, **k: datetime.datetime.utcfromtimestamp(i['at'] / 1000)
from botocore.credentials import Credentials
s = botocore.session.Session()
signer = RequestSigner(ServiceId('sts'), i['region'], 'sts', 'v4', Credentials(i['key'], i['secret'], i['token']), s.get_component('event_emitter'))
host = i['host']
print(signer.generate_presigned_url({'method': 'GET', 'url': 'https://%s/?Action=GetCallerIdentity&Version=2011-06-15' % host, 'body': {}, 'headers': {'x-k8s-aws-id': i['cluster']}, 'context': {}}, region_name=i['region'], expires_in=60, operation_name=''))
`;

function hasBotocore(): boolean {
  try {
    execFileSync('python3', ['-c', 'import botocore'], { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

async function presigned(region: string, cluster: string, identity = IDENTITY): Promise<URL> {
  const token = await presignEksToken({ region, cluster, identity, now: AT, SignatureV4 });
  expect(token).toMatch(/^k8s-aws-v1\.[\w-]+$/);
  return new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString());
}

describe('the token of EKS', () => {
  it('is a presigned GetCallerIdentity at the regional STS, bound to the cluster', async () => {
    const url = await presigned('eu-west-1', 'prod');

    expect(url.host).toBe('sts.eu-west-1.amazonaws.com');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      Action: 'GetCallerIdentity',
      Version: '2011-06-15',
      'X-Amz-Expires': '60',
      'X-Amz-Date': '20261123T000000Z',
      'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    });
  });

  it('has the signature of the known vector', async () => {
    const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
    const url = await presigned('eu-west-1', 'prod', {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey,
      sessionToken: 'tok',
    });

    expect(url.searchParams.get('X-Amz-Signature')).toBe(
      '7ed0620a56b13cee571a816b12d8bfd4ddb2f2ccb482fe4fe8289810feac7115',
    );
  });

  it("goes to China's own domain", async () => {
    expect((await presigned('cn-north-1', 'prod')).host).toBe('sts.cn-north-1.amazonaws.com.cn');
  });

  describe.runIf(hasBotocore())("has botocore's signature", () => {
    it.each([
      ['eu-west-1', 'prod', 'tok/+='],
      ['us-east-1', 'a_b-C', 'x'],
      ['cn-north-1', 'prod', undefined],
    ])('in %s for %s', async (region, cluster, sessionToken) => {
      const { accessKeyId, secretAccessKey } = IDENTITY;
      const identity = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
      const url = await presigned(region, cluster, identity);
      const input = {
        at: AT,
        region,
        cluster,
        host: url.host,
        key: accessKeyId,
        secret: secretAccessKey,
        token: sessionToken ?? null,
      };

      const theirs = execFileSync('python3', ['-W', 'ignore', '-c', ORACLE, JSON.stringify(input)], {
        encoding: 'utf8',
      });

      const query = (address: URL): unknown => Object.fromEntries([...address.searchParams].sort());
      expect(query(url)).toEqual(query(new URL(theirs.trim())));
    });
  });
});
