/** What cluster the generator plays. */
export interface ClusterShape {
  /** Nodes, 1 to 5,000. */
  readonly nodes: number;
  readonly podsPerNode: number;
  readonly containersPerPod: number;
  /** Namespaces that the pods are spread over, at most 99. */
  readonly namespaces: number;
  /** Every answer waits this long. */
  readonly latencyMillis: number;
  /** Share of nodes whose summary never comes, 0 to 1, spread evenly. */
  readonly hanging: number;
}

export const USUAL_SHAPE: ClusterShape = {
  nodes: 100,
  podsPerNode: 30,
  containersPerPod: 2,
  namespaces: 50,
  latencyMillis: 0,
  hanging: 0,
};

/** Throws `RangeError` with the first option that cannot be. */
export function checkShape(shape: ClusterShape): ClusterShape {
  const whole = (name: 'nodes' | 'podsPerNode' | 'containersPerPod' | 'namespaces', max: number): void => {
    const value = shape[name];
    if (!Number.isInteger(value) || value < 1 || value > max)
      throw new RangeError(`${name} must be a whole number from 1 to ${max}, got ${value}`);
  };
  whole('nodes', 5_000);
  whole('podsPerNode', 99);
  whole('containersPerPod', 9);
  whole('namespaces', 99);
  if (!(shape.latencyMillis >= 0))
    throw new RangeError(`latencyMillis must not be negative, got ${shape.latencyMillis}`);
  if (!(shape.hanging >= 0 && shape.hanging <= 1))
    throw new RangeError(`hanging must be a share from 0 to 1, got ${shape.hanging}`);
  return shape;
}

/** True for `share` of all nodes, spread evenly. */
export function isHanging(node: number, share: number): boolean {
  return Math.floor((node + 1) * share) > Math.floor(node * share);
}

/** Digits of a node's number in its name. */
export function nodeDigits(node: number): string {
  return String(node).padStart(5, '0');
}
