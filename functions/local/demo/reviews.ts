import { type Answer, badRequest, jsonAnswer, statusAnswer } from './answer.ts';
import { type ApiRequest, type Identity, refuse } from './api-request.ts';

const SELF = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const ACCESS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

export function isReview({ method, path }: Pick<ApiRequest, 'method' | 'path'>): boolean {
  return method === 'POST' && (path === SELF || path === ACCESS);
}

/** Who asks, and whether that user may do something: what the API server tells everybody who is logged in. */
export function reviewAnswer(request: ApiRequest, identity: Identity): Answer {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    return refuse(request, identity) ?? statusAnswer(401, 'Unauthorized', { reason: 'Unauthorized' });
  }
  if (/^Bearer (.+)$/i.exec(authorization)?.[1] !== identity.token) {
    return statusAnswer(401, 'Unauthorized', { reason: 'Unauthorized' });
  }
  const asked = parse(request.body ?? '');
  if (request.path === SELF) {
    if (asked['kind'] !== 'SelfSubjectReview') return badRequest('the body is no SelfSubjectReview');
    const groups = ['system:serviceaccounts', 'system:authenticated'];
    return created({ ...asked, status: { userInfo: { username: identity.user, groups } } });
  }
  if (asked['kind'] !== 'SelfSubjectAccessReview') return badRequest('the body is no SelfSubjectAccessReview');
  const { verb, group, resource, subresource } = record(record(asked['spec'])['resourceAttributes']);
  const full = subresource === undefined ? String(resource) : `${resource}/${subresource}`;
  const name = group === undefined || group === '' ? full : `${full}.${group}`;
  return created({ ...asked, status: { allowed: identity.rights.has(`${verb} ${name}`) } });
}

function created(object: object): Answer {
  return { ...jsonAnswer(JSON.stringify(object)), status: 201 };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return record(JSON.parse(text));
  } catch {
    return {};
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
