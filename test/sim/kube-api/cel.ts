/**
 * The part of CEL that our policies use, evaluated as CEL does: texts, fields, `==`, `!=`, `in`, `!`, `&&`, `||`, parentheses and
 * `.contains()`. Anything else does not compile. Source: cel-spec langdef, "Logical operators": an error on one side is
 * absorbed when the other side decides.
 */
export interface CelProgram {
  /** True, false, or the error of the evaluation. */
  run(variables: Readonly<Record<string, unknown>>): boolean | CelError;
}

export class CelError extends Error {}

type Value = (variables: Readonly<Record<string, unknown>>) => unknown;

const TOKEN = /\s*(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|([A-Za-z_]\w*)|(==|!=|&&|\|\||[!().,]))/y;

/** Compiles an expression of type bool. Throws `SyntaxError` for anything beyond the subset, or an unknown variable. */
export function compileCel(source: string, variables: readonly string[]): CelProgram {
  const tokens = tokenize(source);
  let at = 0;
  const peek = (): string | undefined => tokens[at];
  const take = (expected?: string): string => {
    const token = tokens[at++];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new SyntaxError(
        `CEL ${JSON.stringify(source)}: ${expected ?? 'a value'} expected, got ${token ?? 'the end'}`,
      );
    }
    return token;
  };
  const or = (): Value => logical('||', true, and);
  const and = (): Value => logical('&&', false, relation);
  const logical = (operator: string, decisive: boolean, operand: () => Value): Value => {
    let left = operand();
    while (peek() === operator) {
      take();
      left = absorbing(left, operand(), decisive);
    }
    return left;
  };
  const relation = (): Value => {
    const left = unary();
    const operator = peek();
    if (operator !== '==' && operator !== '!=' && operator !== 'in') return left;
    take();
    const right = unary();
    if (operator === 'in') return (scope) => isIn(left(scope), right(scope));
    return (scope) => isEqual(left(scope), right(scope)) === (operator === '==');
  };
  const unary = (): Value => {
    if (peek() !== '!') return member();
    take();
    const operand = unary();
    return (scope) => !bool(operand(scope));
  };
  const member = (): Value => {
    let value = primary();
    while (peek() === '.') {
      take();
      const name = take();
      const object = value;
      if (peek() !== '(') {
        value = (scope) => field(object(scope), name);
        continue;
      }
      if (name !== 'contains') throw new SyntaxError(`CEL ${JSON.stringify(source)}: no function ${name}`);
      take('(');
      const argument = or();
      take(')');
      value = (scope) => text(object(scope)).includes(text(argument(scope)));
    }
    return value;
  };
  const primary = (): Value => {
    const token = take();
    if (token === '(') {
      const inner = or();
      take(')');
      return inner;
    }
    if (token.startsWith("'") || token.startsWith('"')) {
      if (token.includes('\\')) throw new SyntaxError(`CEL ${JSON.stringify(source)}: escapes are not in the subset`);
      const literal = token.slice(1, -1);
      return () => literal;
    }
    if (token === 'true' || token === 'false') return () => token === 'true';
    if (!variables.includes(token)) {
      throw new SyntaxError(`CEL ${JSON.stringify(source)}: undeclared reference to '${token}'`);
    }
    return (scope) => scope[token];
  };
  const root = or();
  if (at < tokens.length) throw new SyntaxError(`CEL ${JSON.stringify(source)}: not understood from ${peek()}`);
  return {
    run(scope) {
      try {
        return bool(root(scope));
      } catch (error) {
        if (error instanceof CelError) return error;
        throw error;
      }
    },
  };
}

function tokenize(source: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let end = 0; source.slice(end).trim() !== ''; end = TOKEN.lastIndex) {
    const found = TOKEN.exec(source);
    if (found === null) throw new SyntaxError(`CEL ${JSON.stringify(source)}: not in the subset at ${end}`);
    tokens.push(found[1] ?? found[2] ?? found[3] ?? '');
  }
  return tokens;
}

function absorbing(left: Value, right: Value, decisive: boolean): Value {
  const attempt = (value: Value, scope: Readonly<Record<string, unknown>>): boolean | CelError => {
    try {
      return bool(value(scope));
    } catch (error) {
      if (error instanceof CelError) return error;
      throw error;
    }
  };
  return (scope) => {
    const first = attempt(left, scope);
    if (first === decisive) return decisive;
    const second = attempt(right, scope);
    if (second === decisive) return decisive;
    if (first instanceof CelError) throw first;
    if (second instanceof CelError) throw second;
    return !decisive;
  };
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new CelError('no such overload');
  if (!Object.hasOwn(value, name)) throw new CelError(`no such key: ${name}`);
  return (value as Readonly<Record<string, unknown>>)[name];
}

function isIn(value: unknown, list: unknown): boolean {
  if (!Array.isArray(list)) throw new CelError('no such overload');
  return list.includes(value);
}

function isEqual(left: unknown, right: unknown): boolean {
  if (typeof left === 'object' || typeof right === 'object') throw new CelError('no such overload');
  return left === right;
}

function bool(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new CelError('no such overload');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new CelError('no such overload');
  return value;
}
