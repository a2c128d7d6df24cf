/** A variable of the process's environment that no configuration carries (`AWS_REGION`); blank counts as not set. */
export function readEnvironment(name: string): string | undefined {
  const value = process.env[name]?.trim();
  return value === '' ? undefined : value;
}
