import type { ApiFault, NodeFault } from './demo-fault.ts';

/** Which faults are set, and for how many more requests. */
export interface FaultBook {
  /** Sets or clears a fault. Throws `RangeError` for an unknown target. */
  set(target: string, fault: NodeFault | ApiFault | undefined): void;
  /** The fault of a node for one request; a limited one is used up by it. */
  takeNode(node: string): NodeFault | undefined;
  /** The fault of the API server, if it is one that `applies`; a limited one is used up by it. */
  takeApi(applies: (fault: ApiFault) => boolean): ApiFault | undefined;
  peekNode(node: string): NodeFault | undefined;
}

const API = 'api';

export function createFaultBook(isNode: (name: string) => boolean): FaultBook {
  const nodes = new Map<string, NodeFault>();
  let api: ApiFault | undefined;

  const used = <F extends { readonly times?: number }>(fault: F): F | undefined =>
    fault.times === undefined ? fault : fault.times > 1 ? { ...fault, times: fault.times - 1 } : undefined;

  return {
    set(target, fault) {
      if (target === API) {
        api = fault as ApiFault | undefined;
        return;
      }
      if (!isNode(target)) throw new RangeError(`the demo cluster has no node ${target}`);
      if (fault === undefined) nodes.delete(target);
      else nodes.set(target, fault as NodeFault);
    },
    takeNode(node) {
      const fault = nodes.get(node);
      if (fault === undefined) return undefined;
      const rest = used(fault);
      if (rest === undefined) nodes.delete(node);
      else nodes.set(node, rest);
      return fault;
    },
    takeApi(applies) {
      const fault = api;
      if (fault === undefined || !applies(fault)) return undefined;
      api = used(fault);
      return fault;
    },
    peekNode: (node) => nodes.get(node),
  };
}
