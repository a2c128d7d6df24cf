/** Names of physical interfaces on Linux, as nri-kubernetes tells them from those of container networks. */
const PHYSICAL = /^(?:eth|ens|eno|enp)\d/;

export function isPhysicalInterface(name: string): boolean {
  return PHYSICAL.test(name);
}
