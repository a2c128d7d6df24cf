import type { ComponentUri } from '../../config/config.ts';
import { type HttpAddress, readHttpAddress } from '../http/http-address.ts';
import type { Preset } from './presets.ts';

const REGION = /^[a-z]{2,3}(-[a-z]+)+-\d+$/;

/** Where requests go: the URI's address, with the preset's path if it has none; else the preset's own. */
export function readOtlpAddress(
  uri: ComponentUri,
  preset: Pick<Preset, 'endpoint' | 'path'>,
  region: string | undefined,
): HttpAddress {
  const { endpoint, path } = preset;
  const given = uri.scheme !== '' || uri.host !== '' || uri.path !== '';
  if (!given && endpoint?.includes('{region}') === true) {
    if (region === undefined) return { problem: 'needs region=, like region=eu-west-1, AWS_REGION, or an address' };
    if (!REGION.test(region)) return { problem: `region must be an AWS region like eu-west-1, got "${region}"` };
  }
  const address = readHttpAddress(uri, endpoint?.replace('{region}', region ?? ''));
  if ('url' in address && address.url.pathname === '/') address.url.pathname = path;
  return address;
}

/** The URI with the host that is asked, for authorizers that look at it. */
export function withAddress(uri: ComponentUri, url: URL): ComponentUri {
  return { ...uri, scheme: url.protocol.slice(0, -1), host: url.host };
}
