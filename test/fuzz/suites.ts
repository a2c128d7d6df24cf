import { http } from './http.fuzz.ts';
import { payload } from './payload.fuzz.ts';
import { protobuf } from './protobuf.fuzz.ts';
import { quantity } from './quantity.fuzz.ts';
import { state } from './state.fuzz.ts';
import type { FuzzSuite } from './suite.ts';
import { summary } from './summary.fuzz.ts';
import { uri } from './uri.fuzz.ts';

export const SUITES: readonly FuzzSuite[] = [summary, uri, quantity, state, payload, protobuf, http];
