import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { idOfNamedJob, namedJobOf, parseNamedJobId } from '../../../src/jobs/namedJob.ts';

const id = 'transforms/Standard Encoder/jobs/job-7326300f';

describe('the id of a job that is known by its names', () => {
  test('holds them as they are', () => {
    const names = { transform: 'Standard Encoder', job: 'job-7326300f' };
    assert.equal(idOfNamedJob(names), id);
    assert.deepEqual(namedJobOf(id), names);
  });

  const found: readonly [what: string, text: string][] = [
    ['itself', id],
    ['itself with white space around it', `  ${id}\n`],
    ['itself in quotes', `"${id}"`],
    ['itself, percent-encoded', 'transforms/Standard%20Encoder/jobs/job-7326300f'],
    ['a resource id', `/subscriptions/52907a2e/resourceGroups/default/providers/Microsoft.Media/mediaservices/x/${id}`],
    ['an address', 'https://app.mk.io/api/v1/projects/p/media/transforms/Standard%20Encoder/jobs/job-7326300f'],
    ['an address that cancels it', `https://app.mk.io/api/v1/projects/p/media/${id}/cancelJob`],
    ['an address with a query', `https://rms.example/x/${id}?api-version=2022-07-01#top`],
    ['an address that ends in a slash', `https://rms.example/x/${id}/`],
    ['an address in other case', `https://rms.example/x/Transforms/Standard Encoder/Jobs/job-7326300f`],
    ['of two that are in it the last', `transforms/a/jobs/b/${id}`],
  ];
  for (const [what, text] of found) {
    test(`is found in ${what}`, () => {
      assert.equal(parseNamedJobId(text), id);
    });
  }

  const none: readonly [what: string, text: string][] = [
    ['nothing', ''],
    ['the id of another service', 'nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1'],
    ['a name alone', 'job-7326300f'],
    ['a transform alone', 'transforms/Standard Encoder'],
    ['an address of all jobs of a transform', 'https://app.mk.io/x/transforms/a/jobs'],
    ['something behind the job', 'transforms/a/jobs/b/outputs'],
    ['a slash in a name', 'transforms/a/jobs/b%2Fc'],
    ['characters that no name has', "transforms/a/jobs/b'c"],
    ['a line break in a name', 'transforms/a/jobs/b%0Ac'],
    ['a name that is too long', `transforms/a/jobs/${'b'.repeat(261)}`],
    ['a broken escape', 'transforms/a/jobs/%E0%A4%A'],
    ['more text than any id has', `${' '.repeat(5000)}${id}`],
  ];
  for (const [what, text] of none) {
    test(`is not found in ${what}`, () => {
      assert.equal(parseNamedJobId(text), null);
    });
  }
});
