/** What is wrong with the URL of a service that is asked in place of a vendor's own; undefined if nothing is. */
export function serviceUrlProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) return 'must be an http:// or https:// URL';
  return url.username === '' && url.password === '' ? undefined : 'must have no user and password in it';
}
