import type { ComponentUri } from '../config/config.ts';

/** A managed cluster by the name that its cloud has for it. */
export type CloudAddress =
  | { readonly cloud: 'eks'; readonly region: string; readonly name: string }
  | { readonly cloud: 'gke'; readonly project: string; readonly location: string; readonly name: string }
  | { readonly cloud: 'aks'; readonly subscription: string; readonly group: string; readonly name: string };

interface Form {
  readonly text: string;
  /** Host and path parts in their order. */
  readonly parts: readonly (readonly [what: string, allowed: RegExp, such: string])[];
}

const FORMS: Readonly<Record<CloudAddress['cloud'], Form>> = {
  eks: {
    text: 'eks://REGION/NAME',
    parts: [
      ['region', /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, 'a region such as eu-west-1'],
      ['name', /^[0-9A-Za-z][\w-]{0,99}$/, 'up to 100 letters, digits, "-" and "_"'],
    ],
  },
  gke: {
    text: 'gke://PROJECT/LOCATION/NAME',
    parts: [
      ['project', /^[a-z0-9][a-z0-9.-]{3,61}[a-z0-9]$/, 'a project id or number'],
      ['location', /^[a-z]+-[a-z]+\d{1,2}(-[a-z])?$/, 'a region or zone such as europe-west1 or europe-west1-b'],
      ['name', /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/, 'up to 40 lower-case letters, digits and "-"'],
    ],
  },
  aks: {
    text: 'aks://SUBSCRIPTION/GROUP/NAME',
    parts: [
      ['subscription', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, "a subscription's id (GUID)"],
      ['resource group', /^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u, 'a name of a resource group'],
      ['name', /^[0-9A-Za-z]([\w-]{0,61}[0-9A-Za-z])?$/, 'up to 63 letters, digits, "-" and "_"'],
    ],
  },
};

/** The address of a source with a cloud's scheme, or what is wrong with it; undefined for every other scheme. */
export function parseCloudAddress(
  uri: Pick<ComponentUri, 'scheme' | 'host' | 'path'>,
): CloudAddress | { readonly problems: readonly string[] } | undefined {
  const cloud = uri.scheme;
  if (cloud !== 'eks' && cloud !== 'gke' && cloud !== 'aks') return undefined;
  const form = FORMS[cloud];
  const given = [uri.host, ...uri.path.replace(/^\//, '').split('/')];
  if (given.length !== form.parts.length || given.includes('')) {
    return { problems: [`the address of a cluster at ${cloud.toUpperCase()} is ${form.text}`] };
  }
  const problems = form.parts.flatMap(([what, allowed, such], index) => {
    const text = given[index] ?? '';
    return allowed.test(text) ? [] : [`${what} ${JSON.stringify(text)} in ${form.text} must be ${such}`];
  });
  if (problems.length > 0) return { problems };
  const [first = '', second = '', third = ''] = given;
  if (cloud === 'eks') return { cloud, region: first, name: second };
  if (cloud === 'gke') return { cloud, project: first, location: second, name: third };
  return { cloud, subscription: first, group: second, name: third };
}

/** As it is written in a source. */
export function showCloudAddress(address: CloudAddress): string {
  switch (address.cloud) {
    case 'eks':
      return `eks://${address.region}/${address.name}`;
    case 'gke':
      return `gke://${address.project}/${address.location}/${address.name}`;
    case 'aks':
      return `aks://${address.subscription}/${address.group}/${address.name}`;
  }
}
