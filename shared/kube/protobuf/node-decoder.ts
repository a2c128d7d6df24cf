import type { NodeObject } from '../types.ts';
import { BytesMemo } from './bytes-memo.ts';
import { createMetaDecoder } from './meta-decoder.ts';
import type { ObjectDecoder } from './object-decoder.ts';
import { addQuantity, addText, textMapOf } from './text-map.ts';
import { fieldSet, type WireCursor } from './wire-cursor.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Spec = NonNullable<NodeObject['spec']>;
type Status = NonNullable<NodeObject['status']>;
type Condition = NonNullable<Status['conditions']>[number];
type Address = NonNullable<Status['addresses']>[number];

const NODE = fieldSet(1, 2, 3);
const SPEC = fieldSet(2, 3, 4);
const STATUS = fieldSet(1, 2, 4, 5, 6);
const CONDITION = fieldSet(1, 2);
const ADDRESS = fieldSet(1, 2);
const ENDPOINTS = fieldSet(1);
const PORT = fieldSet(1);

/** What a node has that comes without it. One for all: a list of a million empty nodes must not take all memory. */
const NONE = Object.freeze({});

/**
 * The fields of a Node that are read here, the same as `decodeNode` gives them from JSON: all annotations (a source names the one that is
 * its `host_id`), texts that JSON leaves out when they are empty, and `false`, are absent; those of conditions and addresses, and
 * a port of 0, are not. Maps of resources are shared between nodes.
 *
 * | message | fields |
 * |---|---|
 * | Node | metadata 1, spec 2, status 3 |
 * | NodeSpec | externalID 2, providerID 3, unschedulable 4 |
 * | NodeStatus | capacity 1, allocatable 2 (key 1, value 2 → string 1), conditions 4, addresses 5, daemonEndpoints 6 |
 * | NodeCondition | type 1, status 2 |
 * | NodeAddress | type 1, address 2 |
 * | NodeDaemonEndpoints | kubeletEndpoint 1 → Port 1 |
 *
 * Source: api core/v1, apimachinery meta/v1 and api/resource, generated.proto.
 */
export function createNodeDecoder(): ObjectDecoder<NodeObject> {
  const texts = new BytesMemo((bytes, from, to) => bytes.toString('utf8', from, to));
  const resources = new BytesMemo(textMapOf(addQuantity));
  const metadata = createMetaDecoder((known = {}, cursor, end) => {
    addText(known, cursor, end);
    return known;
  });

  function condition(cursor: WireCursor, end: number): Condition {
    const of: Writable<Condition> = {};
    for (let field = cursor.next(end, CONDITION); field !== 0; field = cursor.next(end, CONDITION)) {
      if (field === 1) of.type = texts.ofBlock(cursor, end);
      else of.status = texts.ofBlock(cursor, end);
    }
    return of;
  }

  function address(cursor: WireCursor, end: number): Address {
    const of: Writable<Address> = {};
    for (let field = cursor.next(end, ADDRESS); field !== 0; field = cursor.next(end, ADDRESS)) {
      if (field === 1) of.type = texts.ofBlock(cursor, end);
      else of.address = cursor.text(end);
    }
    return of;
  }

  function status(cursor: WireCursor, end: number): Status {
    const of: Writable<Status> = {};
    let conditions: Condition[] | undefined;
    let addresses: Address[] | undefined;
    for (let field = cursor.next(end, STATUS); field !== 0; field = cursor.next(end, STATUS)) {
      if (field === 1) of.capacity = joined(of.capacity, resources.ofRun(cursor, end));
      else if (field === 2) of.allocatable = joined(of.allocatable, resources.ofRun(cursor, end));
      else if (field === 4) {
        conditions ??= [];
        conditions.push(condition(cursor, cursor.block(end)));
      } else if (field === 5) {
        addresses ??= [];
        addresses.push(address(cursor, cursor.block(end)));
      } else {
        const port = kubeletPort(cursor, cursor.block(end));
        if (port !== undefined) of.kubeletPort = port;
      }
    }
    if (conditions !== undefined) of.conditions = conditions;
    if (addresses !== undefined) of.addresses = addresses;
    return of;
  }

  return (cursor, end) => {
    const node: Writable<NodeObject> = { metadata: NONE, spec: NONE, status: NONE };
    for (let field = cursor.next(end, NODE); field !== 0; field = cursor.next(end, NODE)) {
      if (field === 1) node.metadata = metadata(cursor, cursor.block(end));
      else if (field === 2) node.spec = spec(cursor, cursor.block(end));
      else node.status = status(cursor, cursor.block(end));
    }
    return node;
  };
}

function spec(cursor: WireCursor, end: number): Spec {
  const of: Writable<Spec> = {};
  for (let field = cursor.next(end, SPEC); field !== 0; field = cursor.next(end, SPEC)) {
    if (field === 2) of.externalID = cursor.text(end);
    else if (field === 3) of.providerID = cursor.text(end);
    else if (cursor.number(end) === 1) of.unschedulable = true;
  }
  if (of.externalID === '') delete of.externalID;
  if (of.providerID === '') delete of.providerID;
  return of;
}

/** `kubeletEndpoint.Port` of a NodeDaemonEndpoints; undefined if it has none. */
function kubeletPort(cursor: WireCursor, end: number): number | undefined {
  let port: number | undefined;
  while (cursor.next(end, ENDPOINTS) !== 0) {
    const to = cursor.block(end);
    while (cursor.next(to, PORT) !== 0) port = cursor.number(to);
  }
  return port;
}

/** The entries of a map that do not lie together as one map. */
function joined<T extends object>(first: T | null | undefined, next: T): T {
  return first == null ? next : { ...first, ...next };
}
