import * as z from 'zod';
import { type Answer, badRequest, jsonAnswer, statusAnswer } from '../../../functions/local/demo/answer.ts';
import { type Attributes, authorize, type SimUser } from './rbac.ts';
import type { RightsManifest } from './rights-manifests.ts';

/** As clients of Go write a value that has none. */
const metadata = z.strictObject({ creationTimestamp: z.null().optional() }).optional();
/** The server's to fill; what a client writes there is not read. */
const status = z.looseObject({}).optional();

const SELF_SUBJECT = z.strictObject({
  apiVersion: z.literal('authentication.k8s.io/v1'),
  kind: z.literal('SelfSubjectReview'),
  metadata,
  status,
});
const ACCESS = z.strictObject({
  apiVersion: z.literal('authorization.k8s.io/v1'),
  kind: z.literal('SelfSubjectAccessReview'),
  metadata,
  status,
  spec: z.strictObject({
    resourceAttributes: z.strictObject({
      verb: z.string().min(1),
      group: z.string().optional(),
      version: z.string().optional(),
      resource: z.string().regex(/^[^/]+$/, 'a subresource has a field of its own'),
      subresource: z.string().optional(),
      namespace: z.string().optional(),
      name: z.string().optional(),
    }),
  }),
});

/** Who the API server takes the caller for: SelfSubjectReview. */
export function selfSubjectReview(body: unknown, user: SimUser): Answer {
  const read = SELF_SUBJECT.safeParse(body);
  if (!read.success) return badRequest(z.prettifyError(read.error));
  const told = { userInfo: { username: user.username, groups: user.groups } };
  return created({ ...read.data, metadata: { creationTimestamp: '2026-01-01T00:00:00Z' }, status: told });
}

/** Whether the caller may do something: SelfSubjectAccessReview, by the same rules that decide about requests. */
export function selfSubjectAccessReview(body: unknown, user: SimUser, manifests: readonly RightsManifest[]): Answer {
  const read = ACCESS.safeParse(body);
  if (!read.success) return statusAnswer(422, z.prettifyError(read.error), { reason: 'Invalid' });
  const { verb, group = '', resource, subresource = '', name = '', namespace = '' } = read.data.spec.resourceAttributes;
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const attributes: Attributes = { verb, group, resource: full, name, namespace };
  const reason = authorize(manifests, user, attributes);
  const told = reason === undefined ? { allowed: false } : { allowed: true, reason };
  return created({ ...read.data, metadata: { creationTimestamp: null }, status: told });
}

function created(object: object): Answer {
  return { ...jsonAnswer(JSON.stringify(object)), status: 201 };
}
