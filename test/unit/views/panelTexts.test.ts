import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { amsCapabilities } from '../../../src/client/ams/amsCapabilities.ts';
import { emptyListing, type Listing } from '../../../src/jobs/accountStatus.ts';
import type { JobQuery } from '../../../src/jobs/jobQuery.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import type { ServiceCapabilities } from '../../../src/jobs/serviceCapabilities.ts';
import type { PresentationContext } from '../../../src/views/jobPresentation.ts';
import { countText, filterText, searchReason, searchText } from '../../../src/views/panelTexts.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { jobRecord } from '../../support/jobs.ts';
import { english } from '../../support/localizer.ts';

const local = (day: number, hour: number, minute = 0): number => new Date(2026, 2, day, hour, minute).getTime();
const context = { l10n: english, locale: 'en-US', now: local(10, 9), capabilitiesOf: () => amsCapabilities };

describe('which filter is on', () => {
  it('is said part by part', () => {
    assert.equal(filterText({}, context), '');
    assert.equal(filterText({ states: [], name: '' }, context), '');
    const text = filterText({ states: ['Error', 'Canceled'], name: 'trailer' }, context);
    assert.equal(text, 'Failed, Canceled · name contains “trailer”');
  });

  it('says since when in the shortest words that are true', () => {
    const since = (createdFrom: number): string => filterText({ createdFrom }, context).replaceAll('\u202f', ' ');
    assert.equal(since(local(10, 0)), 'created today');
    assert.equal(since(local(10, 8, 5)), 'created since 8:05 AM');
    assert.equal(since(local(3, 0)), 'created since Mar 3, 2026, 12:00 AM');
  });

  it('keeps a name in one short line', () => {
    const text = filterText({ name: `a\n${'b'.repeat(100)}` }, context);
    assert.match(text, /^name contains “a b+…”$/);
    assert.ok(text.length < 60);
  });
});

describe('how many jobs it means', () => {
  let store: JobStore;
  const query = { states: ['Error'] } as const;
  const listing = (changes: Partial<Listing>): Listing => ({ ...emptyListing, loaded: true, ...changes });
  const text = (...accounts: string[]): string => countText(store, accounts, query, context);

  beforeEach(() => {
    store = new JobStore(new FakeClock());
    const jobs = Array.from({ length: 20 }, (_, n) => jobRecord(n, { state: n < 12 ? 'Error' : 'Finished' }));
    store.apply('a', jobs);
    store.apply('b', jobs.slice(0, 3));
  });

  it('of how many, where that is known', () => {
    store.setListing('a', listing({ total: 1340 }));
    assert.equal(text('a'), '12 of 1,340 jobs');
    store.setListing('a', listing({ total: 1340, hasMore: true }));
    assert.equal(text('a'), 'at least 12 of 1,340 jobs');
    store.setListing('a', listing({ total: 5 }));
    assert.equal(text('a'), '12 of 20 jobs', 'a total that was counted before is no less than what is known');
  });

  it('without a total where nobody knows it', () => {
    store.setListing('a', listing({}));
    assert.equal(text('a'), '12 jobs');
    store.setListing('a', listing({ hasMore: true }));
    assert.equal(text('a'), 'at least 12 jobs');
  });

  it('so far, while all are being looked at', () => {
    store.setListing('a', listing({ searched: 3000, hasMore: true, total: 9000 }));
    assert.equal(text('a'), '12 found');
    assert.equal(searchText(store, ['a'], context), 'Looked at 3,000 of 9,000 jobs so far…');
    store.setListing('a', listing({ searched: 3000, hasMore: true }));
    assert.equal(searchText(store, ['a'], context), 'Looked at 3,000 jobs so far…');
  });

  it('and why, where the service leaves that to us', () => {
    const lacking = (lacks: Partial<ServiceCapabilities>): PresentationContext => ({
      ...context,
      capabilitiesOf: (account) => ({ ...amsCapabilities, ...(account === 'a' ? lacks : {}) }),
    });
    const byName: JobQuery = { states: ['Error'], name: 'trailer' };
    const none = { states: false, name: false, created: false };
    store.setListing('a', listing({ searched: 3000, hasMore: true }));
    store.setListing('b', listing({}));
    const reason = (asked: JobQuery, lacks: Partial<ServiceCapabilities>): string =>
      searchReason(store, ['a', 'b'], asked, lacking(lacks));
    assert.equal(reason(byName, {}), '', 'this endpoint alone turned out not to');
    assert.equal(reason(byName, { filter: none }), 'the service does not filter by a part of the name');
    assert.equal(reason({ states: ['Error'] }, { filter: none }), 'the service does not filter by state');
    assert.equal(reason({ createdFrom: 1 }, { filter: none }), 'the service does not filter by time');
    assert.equal(reason({}, { filter: none, sort: false }), 'the service does not sort');
    store.setListing('a', listing({}));
    store.setListing('b', listing({ searched: 3000, hasMore: true }));
    assert.equal(reason(byName, { filter: none }), '', 'only the other account is searched');
  });

  it('in all accounts together, and nothing before all have answered', () => {
    store.setListing('a', listing({ total: 340 }));
    assert.equal(text('a', 'b'), '');
    store.setListing('b', listing({ total: 3 }));
    assert.equal(text('a', 'b'), '15 of 343 jobs');
    assert.equal(searchText(store, ['a', 'b'], context), '');
  });
});
