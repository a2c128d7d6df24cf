/** One finding about a deployment. `problem` says what to do. */
export interface Finding {
  readonly what: string;
  readonly status: 'ok' | 'problem' | 'skipped';
  readonly sentence: string;
}

/** Runs an AWS command and parses its JSON. Rejects with an `Error` whose message is what AWS said. */
export type AskAws = (...args: readonly string[]) => Promise<unknown>;

/** A step's answer: what was found, and what later steps need of it. */
export type Step = (ask: AskAws, known: Known) => Promise<readonly Finding[]>;

/** What the steps know of a deployment. Steps before fill it. */
export interface Known {
  /** `heapless-dev`. */
  readonly stack: string;
  readonly now: number;
  bucket: string | undefined;
  /** Variables of the tick function. */
  variables: Readonly<Record<string, string>> | undefined;
}

export function ok(what: string, sentence: string): Finding {
  return { what, status: 'ok', sentence };
}

export function problem(what: string, sentence: string): Finding {
  return { what, status: 'problem', sentence };
}

export function skipped(what: string, sentence: string): Finding {
  return { what, status: 'skipped', sentence };
}

/** Runs steps one after the other; a step that AWS refuses is a problem and does not stop the others. */
export async function checkDeployment(
  steps: Readonly<Record<string, Step>>,
  ask: AskAws,
  input: { readonly stack: string; readonly now: number },
): Promise<readonly Finding[]> {
  const known: Known = { ...input, bucket: undefined, variables: undefined };
  const findings: Finding[] = [];
  for (const [what, step] of Object.entries(steps)) {
    try {
      findings.push(...(await step(ask, known)));
    } catch (error) {
      findings.push(problem(what, error instanceof Error ? error.message : String(error)));
    }
  }
  return findings;
}
