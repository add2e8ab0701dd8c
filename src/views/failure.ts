import type { ServiceError } from '../jobs/serviceError.ts';

/** The few ways in which a failed account looks and is helped differently. */
export type FailureGroup = 'notSignedIn' | 'untrusted' | 'unreachable' | 'failed';

export function failureGroup(error: Pick<ServiceError, 'kind'>): FailureGroup {
  switch (error.kind) {
    case 'signIn':
    case 'secretMissing':
      return 'notSignedIn';
    case 'untrustedRedirect':
      return 'untrusted';
    case 'unreachable':
      return 'unreachable';
    default:
      return 'failed';
  }
}
