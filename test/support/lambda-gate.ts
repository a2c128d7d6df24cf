import { openHttpGate } from './http-gate.ts';

/** What Lambda's front says of an invocation instead of running it. */
export interface LambdaRefusal {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

/** A door in front of Lambda's API: lets calls through, or refuses those that a test picks, as the service does. */
export interface LambdaGate {
  readonly endpoint: string;
  /** Calls of a function with this name and event get the refusal, or pass (undefined). */
  refuse(pick: (functionName: string, event: unknown) => LambdaRefusal | undefined): void;
  stop(): Promise<void>;
}

/** Opens a gate on loopback in front of `http://127.0.0.1:<port>`. */
export async function openLambdaGate(port: string): Promise<LambdaGate> {
  const gate = await openHttpGate(port);
  return {
    endpoint: gate.url,
    refuse: (pick) =>
      gate.refuse((path, body) => {
        const name = /\/functions\/([^/]+)\/invocations/.exec(path)?.[1];
        if (name === undefined) return undefined;
        const refusal = pick(decodeURIComponent(name), JSON.parse(body.toString('utf8') || '{}'));
        if (refusal === undefined) return undefined;
        return {
          status: refusal.status,
          headers: { 'content-type': 'application/json', 'x-amzn-errortype': refusal.type },
          body: JSON.stringify({ Type: 'User', message: refusal.message }),
        };
      }),
    stop: async () => await gate[Symbol.asyncDispose](),
  };
}
