import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ServiceErrorKind } from '../../../src/jobs/serviceError.ts';
import { type FailureGroup, failureGroup } from '../../../src/views/failure.ts';

/** A record over all kinds, so that a new kind does not compile before somebody decides how it looks. */
const groups: Readonly<Record<ServiceErrorKind, FailureGroup>> = {
  signIn: 'notSignedIn',
  secretMissing: 'notSignedIn',
  untrustedRedirect: 'untrusted',
  unreachable: 'unreachable',
  throttled: 'failed',
  permission: 'failed',
  notFound: 'failed',
  badRequest: 'failed',
  conflict: 'failed',
  badReply: 'failed',
  configuration: 'failed',
  aborted: 'failed',
};

describe('failure group', () => {
  for (const [kind, group] of Object.entries(groups)) {
    test(`${kind} is ${group}`, () => assert.equal(failureGroup({ kind: kind as ServiceErrorKind }), group));
  }
});
