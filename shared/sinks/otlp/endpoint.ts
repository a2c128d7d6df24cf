import type { ComponentUri } from '../../config/config.ts';
import { type HttpAddress, readHttpAddress } from '../http/http-address.ts';
import type { Preset } from './presets.ts';

const REGION = /^[a-z]{2}(-[a-z]+)+-\d+$/;

/** Where requests go: the URI's address, with the preset's path if it has none; else the preset's own. */
export function readOtlpAddress(
  uri: ComponentUri,
  preset: Pick<Preset, 'endpoint' | 'path'>,
  region: string | undefined,
): HttpAddress {
  const { endpoint, path } = preset;
  const given = uri.scheme !== '' || uri.host !== '' || uri.path !== '';
  if (!given && endpoint?.includes('{region}') === true) {
    if (region === undefined) return { problem: 'needs region=, like region=eu-west-1, or an address' };
    if (!REGION.test(region)) return { problem: `region must be an AWS region like eu-west-1, got "${region}"` };
  }
  const address = readHttpAddress(uri, endpoint?.replace('{region}', region ?? ''));
  if ('url' in address && address.url.pathname === '/') address.url.pathname = path;
  return address;
}
