import { describe, expect, it } from 'vitest';
import { kubeletAddress, refuseAddress } from '../../../shared/kube/kubelet-address.ts';

describe('kubeletAddress', () => {
  it('takes the internal address first, then names, then what is outside', () => {
    const all = ['ExternalDNS', 'ExternalIP', 'InternalDNS', 'Hostname', 'InternalIP'];
    for (let left = all.length; left > 0; left--) {
      const addresses = all.slice(0, left).map((type) => ({ type, address: `${type}.example` }));
      const best = ['InternalIP', 'Hostname', 'InternalDNS', 'ExternalIP', 'ExternalDNS'].find((type) =>
        all.slice(0, left).includes(type),
      );
      expect(kubeletAddress({ status: { addresses } })).toEqual({ host: `${best}.example` });
    }
  });

  it('has no host if the node has no address, and a port only if it is one', () => {
    expect(kubeletAddress({})).toEqual({ host: '' });
    expect(kubeletAddress({ status: { addresses: null, kubeletPort: 10_251 } })).toEqual({ host: '', port: 10_251 });
    for (const kubeletPort of [0, -1, 65_536, 10_250.5, Number.NaN])
      expect(kubeletAddress({ status: { kubeletPort } })).toEqual({ host: '' });
  });
});

describe('refuseAddress', () => {
  it.each([
    ['10.0.0.7'],
    ['172.16.1.2'],
    ['192.168.1.1'],
    ['100.64.0.1'],
    ['203.0.113.9'],
    ['fd12:3456::1'],
    ['2001:db8::7'],
    ['::ffff:10.0.0.7'],
    ['64:ff9b::a00:7'],
  ])('lets %s pass', (address) => {
    expect(refuseAddress(address)).toBeUndefined();
  });

  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.9.9.9', 'loopback'],
    ['::1', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['::127.0.0.1', 'loopback'],
    ['64:ff9b::7f00:1', 'loopback'],
    ['2002:7f00:1::', 'loopback'],
    ['169.254.169.254', 'link-local'],
    ['::ffff:169.254.169.254', 'link-local'],
    ['64:ff9b::a9fe:a9fe', 'link-local'],
    ['fe80::1', 'link-local'],
    ['fd00:ec2::254', 'metadata'],
    ['fd00:0ec2:0:0:0:0:0:254', 'metadata'],
    ['fd20:ce::254', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['168.63.129.16', "cloud's own service"],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['::', 'unspecified'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['ff02::1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['fe80::1%eth0', 'no IP address'],
    ['10.0.0', 'no IP address'],
    ['0x7f.1', 'no IP address'],
    ['', 'no IP address'],
  ])('refuses %s: %s', (address, why) => {
    expect(refuseAddress(address)).toContain(why);
  });
});
