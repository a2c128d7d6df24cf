import { describeError } from '../core/errors.ts';

/**
 * Why a library had no credential, in one line; of several errors (a chain of credentials) the beginning of each. What a
 * broken credentials file holds is not repeated.
 */
export function describeCredentialFailure(cause: unknown): string {
  if (cause instanceof SyntaxError) return 'the file of credentials is no JSON';
  const { errors = [] } = (cause ?? {}) as { readonly errors?: readonly unknown[] };
  const texts = errors.length === 0 ? [describeError(cause)] : errors.map((each) => describeError(each).split('. ')[0]);
  return describeError(texts.join('; ').replaceAll(/\s+/g, ' '));
}
