import { Module } from 'node:module';

/** A binding as a function registers it; the host indexes these. */
export interface RegisteredBinding {
  readonly type: string;
  readonly direction: 'in' | 'out';
  readonly name?: string;
  readonly schedule?: string;
  readonly useMonitor?: boolean;
  readonly runOnStartup?: boolean;
  readonly authLevel?: string;
  readonly methods?: readonly string[];
  readonly route?: string;
}

export interface RegisteredFunction {
  readonly name: string;
  readonly bindings: Readonly<Record<string, RegisteredBinding>>;
  readonly retryOptions?: unknown;
  readonly callback: (...inputs: readonly unknown[]) => unknown;
}

/** A value between host and worker, as far as timers and HTTP need it. */
export interface TypedData {
  readonly json?: string;
  readonly string?: string;
  readonly bytes?: Uint8Array;
  readonly http?: Readonly<Record<string, unknown>>;
}

interface InvocationModel {
  getArguments(): Promise<{ readonly context: unknown; readonly inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: RegisteredFunction['callback']): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<{ readonly returnValue?: TypedData | null }>;
}

export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: unknown): InvocationModel;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

/** What the module of the worker has heard. */
export interface CoreModule {
  readonly functions: ReadonlyMap<string, RegisteredFunction>;
  readonly model: ProgrammingModel | undefined;
  /** After this nothing more can be registered, as in the worker. */
  lock(): void;
}

export type CoreLog = (level: string, category: string, message: string) => void;

/**
 * Supplies `@azure/functions-core`, which exists only inside the worker of Azure Functions, to whoever requires it from
 * now on in this process. The worker does it the same way: it takes over `require`.
 * Shape: types of `@azure/functions-core` as `@azure/functions` 4 uses them.
 */
export function supplyFunctionsCore(log: CoreLog): CoreModule {
  const functions = new Map<string, RegisteredFunction>();
  let model: ProgrammingModel | undefined;
  let locked = false;
  class Disposable {
    readonly #dispose: () => void;
    constructor(dispose: () => void) {
      this.#dispose = dispose;
    }
    dispose(): void {
      this.#dispose();
    }
  }
  const core = {
    version: '3.12.0',
    hostVersion: '4.1044.0',
    log,
    Disposable,
    setProgrammingModel: (given: ProgrammingModel) => {
      if (locked) throw new Error('the programming model can only be set while the app starts');
      model = given;
    },
    getProgrammingModel: () => model,
    registerHook: () => new Disposable(() => undefined),
    registerFunction: (metadata: Omit<RegisteredFunction, 'callback'>, callback: RegisteredFunction['callback']) => {
      if (locked) throw new Error(`function ${metadata.name}: can only be registered while the app starts`);
      if (functions.has(metadata.name)) throw new Error(`function ${metadata.name} is registered twice`);
      functions.set(metadata.name, { ...metadata, callback });
      return new Disposable(() => functions.delete(metadata.name));
    },
  };
  const before = Module.prototype.require;
  Module.prototype.require = new Proxy(before, {
    apply: (target, self, [name]: [string]) =>
      name === '@azure/functions-core' ? core : (Reflect.apply(target, self, [name]) as unknown),
  });
  return {
    functions,
    get model() {
      return model;
    },
    lock: () => {
      locked = true;
    },
  };
}
