import type { ApiFault, NodeFault } from './demo-fault.ts';

/** The faults that are set now, by target. A fault with `times` wears out. */
export interface FaultBoard {
  set(target: string, fault: NodeFault | ApiFault | undefined): void;
  /** The node's fault, without using it up. */
  peekNode(node: string): NodeFault | undefined;
  takeNode(node: string): NodeFault | undefined;
  /** The API server's fault if it is one of `kinds`. */
  takeApi<K extends ApiFault['kind']>(...kinds: readonly K[]): Extract<ApiFault, { kind: K }> | undefined;
}

const API_KINDS: ReadonlySet<string> = new Set([
  'lists_forbidden',
  'lists_fail',
  'lists_hang',
  'lists_html',
  'lists_loop',
  'lists_throttled',
  'clock',
  'down',
  'stale',
] satisfies ApiFault['kind'][]);

export function createFaultBoard(): FaultBoard {
  const nodes = new Map<string, NodeFault>();
  let api: ApiFault | undefined;
  const used = new Map<string, number>();

  const set = (target: string, fault: NodeFault | ApiFault | undefined): void => {
    used.delete(target);
    if (target === 'api') {
      if (fault !== undefined && !isApiFault(fault))
        throw new RangeError(`${fault.kind} is a fault of nodes, not of the API server`);
      api = fault;
    } else if (fault === undefined) nodes.delete(target);
    else if (isApiFault(fault)) throw new RangeError(`${fault.kind} is a fault of the API server, not of ${target}`);
    else nodes.set(target, fault);
  };
  /** Counts a use; true once the fault has worn out. */
  const wears = (target: string, times: number | undefined): boolean => {
    if (times === undefined) return false;
    const count = (used.get(target) ?? 0) + 1;
    used.set(target, count);
    return count > times;
  };

  return {
    set,
    peekNode: (node) => nodes.get(node),
    takeNode(node) {
      const fault = nodes.get(node);
      if (fault === undefined || !wears(node, fault.times)) return fault;
      set(node, undefined);
      return undefined;
    },
    takeApi(...kinds) {
      const fault = api;
      if (fault === undefined || !hasKind(fault, kinds)) return undefined;
      if (!wears('api', fault.times)) return fault;
      set('api', undefined);
      return undefined;
    },
  };
}

function isApiFault(fault: NodeFault | ApiFault): fault is ApiFault {
  return API_KINDS.has(fault.kind);
}

function hasKind<K extends ApiFault['kind']>(
  fault: ApiFault,
  kinds: readonly K[],
): fault is Extract<ApiFault, { kind: K }> {
  return (kinds as readonly string[]).includes(fault.kind);
}
