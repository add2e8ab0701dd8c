import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { amsCapabilities } from '../../../src/client/ams/amsCapabilities.ts';
import type { QueuePlace } from '../../../src/jobs/queuePlace.ts';
import { jobTooltip } from '../../../src/views/jobPresentation.ts';
import { queueText } from '../../../src/views/queueText.ts';
import { jobRecord } from '../../support/jobs.ts';
import { english } from '../../support/localizer.ts';
import { renderHover } from '../../support/markdown.ts';

const words = { l10n: english, locale: 'en' };
const place = (changes: Partial<QueuePlace>): QueuePlace => ({
  busyUnits: null,
  isExact: true,
  reservedUnits: null,
  place: null,
  ...changes,
});

describe('why a job waits', () => {
  for (const [changes, text] of [
    [{}, null],
    [{ busyUnits: 0 }, null],
    [{ reservedUnits: 3 }, null],
    [{ busyUnits: 3, reservedUnits: 3, place: 2 }, 'All 3 reserved units are busy. The job is number 2 in line.'],
    [{ busyUnits: 3, reservedUnits: 3, isExact: false }, 'All 3 reserved units are busy.'],
    [{ busyUnits: 1, reservedUnits: 1, place: 1 }, 'The only reserved unit is busy. The job is next in line.'],
    [{ busyUnits: 2, reservedUnits: 3 }, '2 of 3 reserved units are busy.'],
    [{ busyUnits: 2, reservedUnits: 3, isExact: false }, 'At least 2 of 3 reserved units are busy.'],
    [{ busyUnits: 1, reservedUnits: 3 }, 'One of 3 reserved units is busy.'],
    [{ busyUnits: 1, reservedUnits: 3, isExact: false }, 'At least one of 3 reserved units is busy.'],
    [{ busyUnits: 0, reservedUnits: 3 }, 'No reserved unit is busy.'],
    [{ busyUnits: 4, reservedUnits: 3 }, '4 tasks are running.'],
    [{ busyUnits: 4, isExact: false }, 'At least 4 tasks are running.'],
    [{ busyUnits: 1 }, 'One task is running.'],
    [{ busyUnits: 1, isExact: false }, 'At least one task is running.'],
    [{ reservedUnits: 0 }, 'The account has no reserved units, so its tasks run one after the other.'],
    [
      { reservedUnits: 0, busyUnits: 1, place: 1 },
      'The account has no reserved units, so its tasks run one after the other. The job is next in line.',
    ],
    [{ reservedUnits: 0, busyUnits: 2 }, '2 tasks are running.'],
    [{ place: 12_345 }, 'The job is number 12,345 in line.'],
  ] satisfies readonly (readonly [Partial<QueuePlace>, string | null])[]) {
    test(`${JSON.stringify(changes)}: ${text}`, () => {
      assert.equal(queueText(place(changes), words), text);
    });
  }

  test('is nothing for a job that does not wait, and has numbers as the language writes them', () => {
    assert.equal(queueText(null, words), null);
    assert.match(queueText(place({ place: 12_345 }), { ...words, locale: 'de' }) ?? '', /12\.345/);
  });

  test('stands in the hover, and nothing where it is not known', () => {
    const job = {
      ...jobRecord(1, { state: 'Queued' }),
      account: 'a',
      tasks: null,
      progress: null,
      pace: null,
    } as const;
    const context = { ...words, now: 0, capabilitiesOf: () => amsCapabilities };
    const waits = queueText(place({ busyUnits: 3, reservedUnits: 3, place: 2 }), words);
    assert.match(JSON.stringify(renderHover(jobTooltip(job, context, waits))), /The job is number 2 in line/);
    assert.equal(jobTooltip(job, context, null), jobTooltip(job, context));
  });
});
