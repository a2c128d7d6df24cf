import type { BlockList } from 'node:net';
import type { NodeObject } from './types.ts';

/** Where a kubelet listens, by the node's own word: nothing of it is trusted. */
export interface KubeletAddress {
  /** IP address or DNS name; empty if the node has none. */
  readonly host: string;
  /** Port of the kubelet; absent if the node does not say. */
  readonly port?: number;
}

/** Best first: Heapster's order, then what metrics-server also takes. */
const PREFERRED = ['InternalIP', 'Hostname', 'InternalDNS', 'ExternalIP', 'ExternalDNS'] as const;

/** The address that a node is asked at. Pure; `refuseAddress` says whether it may be. */
export function kubeletAddress(node: NodeObject): KubeletAddress {
  const addresses = node.status?.addresses ?? [];
  let host = '';
  for (const type of PREFERRED) {
    host ||= addresses.find((address) => address.type === type && Boolean(address.address))?.address ?? '';
  }
  const port = node.status?.kubeletPort;
  return { host, ...(port !== undefined && Number.isInteger(port) && port > 0 && port < 65_536 && { port }) };
}

/** Never the address of a machine in a cluster's network. */
const NOT_A_NODE: readonly (readonly [address: string, prefix: number, what: string])[] = [
  ['0.0.0.0', 8, 'unspecified'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local, where clouds serve metadata'],
  ['192.0.0.192', 32, 'where a cloud serves metadata'],
  ['100.100.100.200', 32, 'where a cloud serves metadata'],
  ['168.63.129.16', 32, "a cloud's own service"],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved or broadcast'],
  ['::', 128, 'unspecified'],
  ['::1', 128, 'loopback'],
  ['fe80::', 10, 'link-local'],
  ['fd00:ec2::', 32, 'where a cloud serves metadata'],
  ['fd20:ce::254', 128, 'where a cloud serves metadata'],
  ['fd00:c1::a9fe:a9fe', 128, 'where a cloud serves metadata'],
  ['ff00::', 8, 'multicast'],
];

interface JudgedList {
  readonly list: BlockList;
  readonly what: string;
}

/** Made of the table when the first address is judged. */
let lists: readonly JudgedList[] | undefined;

function makeLists(): readonly JudgedList[] {
  const net = process.getBuiltinModule('node:net');
  return NOT_A_NODE.map(([address, prefix, what]) => {
    const list = new net.BlockList();
    list.addSubnet(address, prefix, net.isIPv6(address) ? 'ipv6' : 'ipv4');
    return { list, what };
  });
}

/** Why an IP address is not asked; undefined if it may be. IPv4 within IPv6 (mapped, NAT64, 6to4) is judged as IPv4. */
export function refuseAddress(address: string): string | undefined {
  const family = process.getBuiltinModule('node:net').isIP(address);
  if (family === 0 || address.includes('%')) return 'no IP address';
  const inner = family === 6 ? embeddedIpv4(address) : address;
  if (inner === undefined) return judge(address, 'ipv6');
  return judge(inner, 'ipv4') ?? (family === 6 ? judge(address, 'ipv6') : undefined);
}

function judge(address: string, family: 'ipv4' | 'ipv6'): string | undefined {
  lists ??= makeLists();
  return lists.find(({ list }) => list.check(address, family))?.what;
}

/** The IPv4 address that an IPv6 one carries: `::ffff:0:0/96`, `::/96`, `64:ff9b::/96`, `2002::/16`. */
function embeddedIpv4(address: string): string | undefined {
  const groups = expand(address);
  const at = (index: number): number => groups[index] ?? 0;
  const dotted = (high: number, low: number): string => [high >> 8, high & 255, low >> 8, low & 255].join('.');
  const zeros = (to: number): boolean => groups.slice(0, to).every((group) => group === 0);
  const mapped = zeros(5) && (at(5) === 0xffff || (at(5) === 0 && at(6) !== 0));
  const nat64 = at(0) === 0x64 && at(1) === 0xff9b && groups.slice(2, 6).every((group) => group === 0);
  if (mapped || nat64) return dotted(at(6), at(7));
  return at(0) === 0x2002 ? dotted(at(1), at(2)) : undefined;
}

/** The eight groups of an IPv6 address that is one. */
function expand(address: string): readonly number[] {
  const text = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_whole, a: string, b: string, c: string, d: string) => {
    const hex = (high: string, low: string): string => (Number(high) * 256 + Number(low)).toString(16);
    return `${hex(a, b)}:${hex(c, d)}`;
  });
  const [head = '', tail] = text.split('::');
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const before = read(head);
  if (tail === undefined) return before;
  const after = read(tail);
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}
