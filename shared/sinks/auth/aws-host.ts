/** Services by the first name of their hosts; others stand behind the region (`search-x.eu-west-1.es.amazonaws.com`). */
const SERVICES: Readonly<Record<string, string>> = {
  'aps-workspaces': 'aps',
  monitoring: 'monitoring',
  es: 'es',
  aoss: 'aoss',
};
const REGION = /^[a-z]{2,3}(-[a-z]+)+-\d+$/;
const AWS_DOMAIN = /\.(amazonaws\.com(\.cn)?|api\.aws|on\.aws)$/;

/** Region and service that a host name of AWS tells (`aps-workspaces.eu-west-1.amazonaws.com`), each undefined if not. */
export function signingOf(host: string): { readonly region?: string; readonly service?: string } {
  const name = host.toLowerCase().replace(/:\d+$/, '');
  if (!AWS_DOMAIN.test(name)) return {};
  const labels = name.split('.');
  const region = labels.find((label) => REGION.test(label));
  const service = labels.map((label) => SERVICES[label]).find((known) => known !== undefined);
  return { ...(region === undefined ? {} : { region }), ...(service === undefined ? {} : { service }) };
}
