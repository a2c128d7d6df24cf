import { answerOrders } from './answer-orders.ts';
import { type DiscardServers, startDiscardServers } from './discard-servers.ts';
import type { ServerAnswer, ServerOrder } from './orders.ts';

/** The servers in a process of their own: reading is not what is measured. */
let servers: DiscardServers | undefined;

answerOrders<ServerOrder>(async ({ order }): Promise<ServerAnswer> => {
  servers ??= await startDiscardServers();
  return order === 'open' ? servers.addresses : servers.takeBytes();
});
