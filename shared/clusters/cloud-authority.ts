import type { UnixMillis } from '../core/units.ts';
import { checkAuthority } from './certificates.ts';
import type { CloudAddress } from './cloud-address.ts';
import { cloudProblem } from './cloud-problem.ts';
import { parseServerUrl } from './server-url.ts';

/** Address and CA (base64 of PEM) as a cloud tells them, checked; a `data` of undefined = the public roots. */
export function cloudAuthority(
  address: CloudAddress,
  told: { readonly server: string; readonly data: string | undefined },
  now: UnixMillis,
): { readonly server: string; readonly ca: string | undefined } {
  const parsed = parseServerUrl(told.server, { insecure: false });
  if ('problem' in parsed)
    throw cloudProblem(address, 'cloud', `the cloud told an address that is none: ${parsed.problem}`);
  if (told.data === undefined) return { server: parsed.server, ca: undefined };
  const pem = Buffer.from(told.data, 'base64').toString();
  return { server: parsed.server, ca: checkAuthority(pem, "the cluster's certificate authority", now) };
}
