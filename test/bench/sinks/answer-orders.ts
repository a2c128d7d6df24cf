/** Answers the orders of a parent process (child.ts), one after the other, and ends with it. */
export function answerOrders<Order>(obey: (order: Order) => Promise<unknown>): void {
  process.on('message', (order: Order) => {
    obey(order).then(
      (answer) => process.send?.({ answer }),
      (error: unknown) =>
        process.send?.({ failed: error instanceof Error ? (error.stack ?? error.message) : `${error}` }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}
