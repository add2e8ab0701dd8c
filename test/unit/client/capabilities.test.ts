import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Answer, ScriptedServer } from '../../support/httpsServer.ts';
import { certificates, documentedJob, type Fixture, failure, makeClient } from './clientFixture.ts';

const idOf = (n: number): string => `nb:jid:UUID:00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const jobOf = (n: number, changes: object = {}): object => ({ ...documentedJob, Id: idOf(n), ...changes });
const page = (...rows: object[]): Answer => ({ body: { value: rows } });
const refusal: Answer = { status: 400, body: { 'odata.error': { code: '', message: { value: 'Not supported.' } } } };

const activeByNe = 'Jobs()?$filter=State ne 3 and State ne 4 and State ne 5&$top=1000';
const activeByRange = ['Jobs()?$filter=State lt 3&$top=1000', 'Jobs()?$filter=State gt 5&$top=1000'];
const activeByState = [0, 1, 2, 6].map((state) => `Jobs()?$filter=State eq ${state}&$top=1000`);
const tasksSelected = 'Tasks()?$filter=State eq 2&$select=Id,State,Progress&$top=1000';
const tasksWhole = 'Tasks()?$filter=State eq 2&$top=1000';
const anyJob = 'Jobs()?$top=1';

describe('what a service turns out to lack', () => {
  let api: ScriptedServer;
  let fixture: Fixture;
  const clients: Fixture[] = [];
  /** What the service refuses with 400. */
  let refused: RegExp[] = [];
  /** What it answers otherwise. */
  let rows: (url: string) => Answer = () => page();

  const connect = async (kept?: string): Promise<Fixture> => {
    const made = await makeClient({ endpoint: `${api.origin()}/api/`, ...(kept === undefined ? {} : { kept }) });
    clients.push(made);
    return made;
  };
  /** The requests since the last call, as a person reads them. */
  const asked = (): string[] =>
    api.requests.splice(0).map((request) => decodeURIComponent(request.url).replace('/api/', ''));
  const sorted = (requests: readonly string[]): string[] => [...requests].sort();
  const lacking = (): unknown => (fixture.kept === undefined ? [] : JSON.parse(fixture.kept).lacking);

  before(async () => {
    api = await ScriptedServer.start(
      (request) => {
        const url = decodeURIComponent(request.url);
        return refused.some((pattern) => pattern.test(url)) ? refusal : rows(url);
      },
      await certificates(),
    );
  });
  beforeEach(async () => {
    refused = [];
    rows = () => page();
    api.requests.length = 0;
    fixture = await connect();
  });
  afterEach(() => {
    for (const { client } of clients.splice(0)) {
      client.dispose();
    }
  });
  after(() => api.stop());

  describe('active jobs', () => {
    it('are one request', async () => {
      rows = () => page(jobOf(1), jobOf(2, { State: 9 }));
      const jobs = await fixture.client.listActiveJobs();
      assert.deepEqual(
        jobs.map(({ state }) => state),
        ['Processing', 'Unknown(9)'],
      );
      assert.deepEqual(asked(), [activeByNe]);
      assert.equal(fixture.kept, undefined);
      assert.match(
        fixture.exchanges[0]?.request.url ?? '',
        /\$filter=State%20ne%203%20and%20State%20ne%204%20and%20State%20ne%205&\$top=1000$/,
      );
    });

    it('are another request where exactly 1,000 came, and none where fewer did', async () => {
      const many = Array.from({ length: 1000 }, (_, n) => jobOf(n));
      rows = (url) => (url.includes('$skip') ? page(jobOf(999, { State: 0 }), jobOf(1000)) : page(...many));
      const jobs = await fixture.client.listActiveJobs();
      assert.deepEqual(asked(), [activeByNe, `${activeByNe}&$skip=1000`]);
      assert.equal(jobs.length, 1001, 'one had moved to the next page');
      assert.equal(jobs[999]?.state, 'Queued', 'as it was last seen');
      rows = () => page(...many.slice(1));
      assert.equal((await fixture.client.listActiveJobs()).length, 999);
      assert.deepEqual(asked(), [activeByNe]);
    });

    it('are followed by links, and beyond them', async () => {
      const many = Array.from({ length: 1001 }, (_, n) => jobOf(n));
      rows = (url) => {
        const skip = Number(/\$skip=(\d+)/.exec(url)?.[1] ?? 0);
        const top = Number(/\$top=(\d+)/.exec(url)?.[1]);
        const here = many.slice(skip, skip + Math.min(top, 400));
        const more = top > 400 && skip + 400 < many.length;
        const link = `Jobs()?$filter=x&$top=${top - 400}&$skip=${skip + 400}`;
        return { body: { value: here, ...(more ? { 'odata.nextLink': link } : {}) } };
      };
      assert.equal((await fixture.client.listActiveJobs()).length, 1001);
      assert.deepEqual(asked(), [
        activeByNe,
        'Jobs()?$filter=x&$top=600&$skip=400',
        'Jobs()?$filter=x&$top=200&$skip=800',
        `${activeByNe}&$skip=1000`,
      ]);
    });

    it('do not go on where the service does not skip', async () => {
      const many = Array.from({ length: 1000 }, (_, n) => jobOf(n));
      rows = () => page(...many);
      await failure(fixture.client.listActiveJobs(), 'badReply');
      assert.equal(asked().length, 2);
    });

    it('are two requests without ne, which is asked for once', async () => {
      refused = [/ ne /];
      rows = (url) => (url.includes('lt 3') ? page(jobOf(1)) : page(jobOf(2, { State: 6 }), jobOf(1, { State: 6 })));
      const jobs = await fixture.client.listActiveJobs();
      assert.deepEqual(jobs.map(({ id, state }) => [id, state]).sort(), [
        [idOf(1), 'Canceling'],
        [idOf(2), 'Canceling'],
      ]);
      const [first, ...others] = asked();
      assert.equal(first, activeByNe);
      assert.deepEqual(sorted(others), sorted(activeByRange));
      await fixture.client.listActiveJobs();
      assert.deepEqual(sorted(asked()), sorted(activeByRange));
    });

    it('are four requests without ranges as well', async () => {
      refused = [/ ne /, / (?:lt|gt) /];
      rows = (url) => page(jobOf(Number(url.match(/eq (\d)/)?.[1])));
      assert.equal((await fixture.client.listActiveJobs()).length, 4);
      assert.equal(asked().length, 1 + 2 + 4);
      assert.deepEqual(lacking(), ['ne', 'range']);
      await fixture.client.listActiveJobs();
      assert.deepEqual(sorted(asked()), sorted(activeByState));
    });
  });

  describe('running tasks', () => {
    const task = { Id: 'nb:tid:UUID:1', State: 2, Progress: 40.5, Name: 'not asked for' };

    it('are one request, of which no more than needed is read', async () => {
      rows = () => page(task);
      assert.deepEqual(await fixture.client.listRunningTasks(), [
        { id: 'nb:tid:UUID:1', state: 'Processing', progress: 40.5 },
      ]);
      assert.deepEqual(asked(), [tasksSelected]);
    });

    it('come whole where $select is refused', async () => {
      refused = [/\$select/];
      rows = () => page(task);
      assert.equal((await fixture.client.listRunningTasks())?.length, 1);
      assert.deepEqual(asked(), [tasksSelected, tasksWhole]);
      assert.deepEqual(lacking(), ['selectOnTasks']);
      await fixture.client.listRunningTasks();
      assert.deepEqual(asked(), [tasksWhole]);
    });

    it('are not to be had where only those of one job can be asked for', async () => {
      refused = [/Tasks\(\)/];
      assert.equal(await fixture.client.listRunningTasks(), null);
      assert.deepEqual(asked(), [tasksSelected, tasksWhole, anyJob]);
      assert.equal(await fixture.client.listRunningTasks(), null);
      assert.deepEqual(asked(), []);
    });
  });

  describe('departed jobs', () => {
    const two = [idOf(1), idOf(2)];
    const date = (seconds: number): string => new Date(Date.UTC(2026, 0, 1, 12, 0, seconds)).toUTCString();
    /** Two listings of active jobs, answered at 12:00:20 and 12:00:50. */
    const listTwice = async (): Promise<void> => {
      for (const seconds of [20, 50]) {
        rows = () => ({ ...page(), headers: { Date: date(seconds) } });
        await fixture.client.listActiveJobs();
      }
      asked();
    };
    const ended = "Jobs()?$filter=EndTime ge datetime'2026-01-01T12:00:10.000'&$top=1000";
    const either = `Jobs()?$filter=Id eq '${two[0]}' or Id eq '${two[1]}'&$top=1000`;
    const each = two.map((id) => `Jobs()?$filter=Id eq '${id}'&$top=1`);
    const byId = (url: string): Answer => page(...[1, 2].filter((n) => url.includes(idOf(n))).map((n) => jobOf(n)));

    it('are none for none, and one is asked for as documented', async () => {
      await listTwice();
      assert.deepEqual(await fixture.client.listDeparted([]), []);
      rows = () => page(jobOf(1));
      const [job] = await fixture.client.listDeparted([idOf(1), idOf(1).toUpperCase().replace('NB:JID', 'nb:jid')]);
      assert.equal(job?.id, idOf(1));
      assert.equal(asked().length, 1);
      rows = () => page();
      assert.deepEqual(await fixture.client.listDeparted([idOf(1)]), []);
      assert.deepEqual(asked(), [each[0]]);
    });

    it('are those that ended since the listing before the last, by the clock of the service', async () => {
      await listTwice();
      rows = () => page(jobOf(7), jobOf(2), jobOf(1));
      const jobs = await fixture.client.listDeparted(two);
      assert.deepEqual(jobs.map(({ id }) => id).sort(), two);
      assert.deepEqual(asked(), [ended]);
    });

    it('are a thousand in one request', async () => {
      await listTwice();
      const many = Array.from({ length: 1000 }, (_, n) => n);
      rows = () => page(...many.map((n) => jobOf(n)));
      assert.equal((await fixture.client.listDeparted(many.map(idOf))).length, 1000);
      assert.deepEqual(asked(), [ended]);
    });

    it('are looked for on at most three full pages, then by id', async () => {
      await listTwice();
      const others = Array.from({ length: 1000 }, (_, n) => jobOf(1000 + n));
      rows = (url) => (url.includes('EndTime') ? page(...others) : byId(url));
      assert.equal((await fixture.client.listDeparted(two)).length, 2);
      assert.deepEqual(asked(), [ended, `${ended}&$skip=1000`, `${ended}&$skip=2000`, either]);
    });

    it('are asked for by id where they did not end meanwhile; one that is gone is left out', async () => {
      await listTwice();
      rows = (url) => (url.includes('EndTime') ? page(jobOf(1)) : page());
      assert.equal((await fixture.client.listDeparted([...two, idOf(3)])).length, 1);
      assert.deepEqual(asked(), [ended, `Jobs()?$filter=Id eq '${two[1]}' or Id eq '${idOf(3)}'&$top=1000`]);
    });

    it('are asked for by id without two listings, and without ranges of EndTime', async () => {
      rows = byId;
      assert.equal((await fixture.client.listDeparted(two)).length, 2);
      assert.deepEqual(asked(), [either]);
      await listTwice();
      refused = [/EndTime/];
      rows = byId;
      assert.equal((await fixture.client.listDeparted(two)).length, 2);
      assert.deepEqual(asked(), [ended, either]);
      assert.equal((await fixture.client.listDeparted(two)).length, 2);
      assert.deepEqual(asked(), [either]);
      assert.deepEqual(lacking(), ['endedRange']);
    });

    it('are asked for one by one without or, four at a time', async () => {
      const usual = api.handler;
      let running = 0;
      let most = 0;
      api.handler = async (request) => {
        const url = decodeURIComponent(request.url);
        if (url.includes(' or ')) {
          return refusal;
        }
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        return page(jobOf(Number(/(\d+)'/.exec(url)?.[1])));
      };
      const many = Array.from({ length: 50 }, (_, n) => idOf(n));
      assert.equal((await fixture.client.listDeparted(many)).length, 50);
      assert.equal(most, 4);
      const requests = asked();
      assert.equal(requests.filter((url) => url.includes(' or ')).length, 1);
      assert.equal(requests.length, 51);
      await fixture.client.listDeparted(many);
      assert.deepEqual(
        sorted(asked()),
        many.map((id) => `Jobs()?$filter=Id eq '${id}'&$top=1`),
      );
      api.handler = usual;
    });

    it('keep each address short', async () => {
      const many = Array.from({ length: 100 }, (_, n) => idOf(n));
      rows = (url) => page(...many.flatMap((id, n) => (url.includes(id) ? [jobOf(n)] : [])));
      assert.equal((await fixture.client.listDeparted(many)).length, 100);
      const lengths = api.requests.map((request) => api.origin().length + request.url.length);
      assert.ok(Math.max(...lengths) <= 2000 && Math.max(...lengths) > 1900, `${lengths}`);
      assert.ok(lengths.length <= 5);
    });

    it('are refused before any request where an id is malformed', async () => {
      await failure(fixture.client.listDeparted([idOf(1), 'x']), 'badRequest');
      assert.deepEqual(asked(), []);
    });
  });

  describe('a count', () => {
    it('is a number in plain text', async () => {
      rows = () => ({ headers: { 'Content-Type': 'text/plain;charset=utf-8' }, body: '\ufeff50001' });
      assert.equal(await fixture.client.countJobs(), 50_001);
      assert.match(String(api.requests[0]?.headers.accept), /^text\/plain/);
      assert.deepEqual(asked(), ['Jobs()/$count']);
      rows = () => ({ headers: { 'Content-Type': 'text/html' }, body: '<html>Sign in</html>' });
      await failure(fixture.client.countJobs(), 'badReply');
      assert.equal(fixture.kept, undefined);
    });

    for (const status of [400, 404]) {
      it(`is not to be had where the service answers ${status}`, async () => {
        rows = (url) => (url.endsWith('$count') ? { ...refusal, status } : page());
        assert.equal(await fixture.client.countJobs(), null);
        assert.deepEqual(asked(), ['Jobs()/$count', anyJob]);
        assert.equal(await fixture.client.countJobs(), null);
        assert.deepEqual(asked(), []);
      });
    }
  });

  describe('a list', () => {
    const list = (query: Parameters<Fixture['client']['listJobs']>[0] = {}) =>
      fixture.client.listJobs(query, { token: null, pageSize: 50 });
    const states = ['Queued', 'Canceling'] as const;

    it('has no filter for no query, all states, or a state without a number', async () => {
      await list({ states: [], name: '' });
      await list({ states: ['Queued', 'Scheduled', 'Processing', 'Finished', 'Error', 'Canceled', 'Canceling'] });
      await list({ states: ['Queued', 'Unknown(Paused)'] });
      assert.deepEqual(asked(), Array(3).fill('Jobs()?$top=50'));
    });

    it('has one state, however often it is named', async () => {
      await list({ states: ['Error', 'Error'] });
      await list({ states: ['Unknown(9)'] });
      assert.deepEqual(asked(), ['Jobs()?$filter=State eq 4&$top=50', 'Jobs()?$filter=State eq 9&$top=50']);
    });

    it('has several states in the best way there is', async () => {
      const ways = [
        'State eq 0 or State eq 6',
        'State ne 1 and State ne 2 and State ne 3 and State ne 4 and State ne 5',
      ].map((filter) => `Jobs()?$filter=${filter}&$top=50`);
      const errors = 'Jobs()?$filter=State ge 4 and State le 5&$top=50';
      await list({ states });
      assert.deepEqual(asked(), ways.slice(0, 1));
      refused = [/ or /];
      await list({ states });
      assert.deepEqual(asked(), ways);
      await list({ states });
      assert.deepEqual(asked(), ways.slice(1));
      refused = [/ or /, / ne /];
      await list({ states: ['Canceled', 'Error'] });
      assert.deepEqual(asked().slice(1), [errors]);
      await list({ states: ['Canceled', 'Error'] });
      assert.deepEqual(asked(), [errors]);
      refused = [/ or /, / ne /, / [gl]e /];
      await list({ states: ['Canceled', 'Error'] });
      assert.deepEqual(asked(), [errors, 'Jobs()?$top=50']);
      await list({ states: ['Canceled', 'Error'] });
      assert.deepEqual(asked(), ['Jobs()?$top=50']);
      assert.deepEqual(lacking(), ['or', 'ne', 'range']);
    });

    it('has a name in any case, and a time', async () => {
      const createdFrom = Date.UTC(2026, 1, 3, 4, 5, 6, 78) + 0.9;
      await list({ name: "O'Hara & Söhne", createdFrom, states });
      assert.deepEqual(asked(), [
        "Jobs()?$filter=(State eq 0 or State eq 6) and substringof('o''hara & s',tolower(Name)) and " +
          "Created ge datetime'2026-02-03T04:05:06.078'&$top=50",
      ]);
      await list({ name: 'x'.repeat(5000) });
      assert.deepEqual(asked(), [`Jobs()?$filter=substringof('${'x'.repeat(100)}',tolower(Name))&$top=50`]);
      await list({ name: 'ΣΙΓΜΑ' });
      await list({ createdFrom: Number.NaN });
      await list({ createdFrom: 9e15 });
      assert.deepEqual(asked(), Array(3).fill('Jobs()?$top=50'));
    });

    it('leaves out what is refused, and blames nothing else', async () => {
      refused = [/tolower/];
      const createdFrom = Date.UTC(2026, 0, 1);
      const created = "Jobs()?$filter=Created ge datetime'2026-01-01T00:00:00.000'&$top=50";
      await list({ name: 'X', createdFrom });
      assert.deepEqual(asked().slice(1), [created]);
      await list({ name: 'X', createdFrom });
      assert.deepEqual(asked(), [created]);
      assert.deepEqual(lacking(), ['tolower']);
      await list({ name: 'X' });
      assert.deepEqual(asked(), ['Jobs()?$top=50']);
      refused = [/tolower/, /Created ge/];
      await list({ name: 'X', createdFrom });
      assert.deepEqual(asked(), [created, 'Jobs()?$top=50']);
      assert.deepEqual(lacking(), ['tolower', 'createdRange']);
    });

    it('blames what was left out last, and tries what was left out before again', async () => {
      refused = [/Created ge/];
      await list({ name: 'X', createdFrom: Date.UTC(2026, 0, 1) });
      assert.equal(asked().length, 3);
      assert.deepEqual(lacking(), ['createdRange']);
      await list({ name: 'X', createdFrom: Date.UTC(2026, 0, 1) });
      assert.deepEqual(asked(), ["Jobs()?$filter=substringof('x',tolower(Name))&$top=50"]);
    });
  });

  describe('the order of a list', () => {
    const all = Array.from({ length: 5 }, (_, n) => jobOf(n, { Created: `2026-01-0${n + 1}T00:00:00` }));
    /** Lists the jobs in this order, or by `$orderby`. */
    const listing =
      (natural: readonly object[]) =>
      (url: string): Answer => {
        const [top, skip] = ['top', 'skip'].map((name) => Number(new RegExp(`\\$${name}=(\\d+)`).exec(url)?.[1] ?? 0));
        const ordered = url.includes('$orderby') ? [...all].reverse() : natural;
        return page(...ordered.slice(skip, (skip ?? 0) + (top ?? 0)));
      };
    const walk = async (pageSize = 2): Promise<{ ids: string[]; newestFirst: boolean[] }> => {
      const ids: string[] = [];
      const newestFirst: boolean[] = [];
      let token: string | null = null;
      do {
        const next: Awaited<ReturnType<typeof fixture.client.listJobs>> = await fixture.client.listJobs(
          {},
          { token, pageSize },
        );
        ids.push(...next.jobs.map(({ id }) => id));
        newestFirst.push(next.newestFirst);
        token = next.next;
      } while (token !== null);
      return { ids, newestFirst };
    };
    const newest = [4, 3, 2, 1, 0].map(idOf);
    const plain = ['Jobs()?$top=2', 'Jobs()?$top=2&$skip=2', 'Jobs()?$top=2&$skip=4'];
    const ordered = [
      'Jobs()?$orderby=Created desc&$top=2',
      'Jobs()?$orderby=Created desc&$top=2&$skip=2',
      'Jobs()?$orderby=Created desc&$top=2&$skip=4',
    ];

    it('is left to the service where it lists the newest first', async () => {
      rows = listing([...all].reverse());
      assert.deepEqual(await walk(), { ids: newest, newestFirst: [true, true, true] });
      assert.deepEqual(asked(), plain);
      assert.equal(fixture.kept, undefined);
    });

    it('is asked for where it does not, from then on', async () => {
      rows = listing(all);
      assert.deepEqual(await walk(), { ids: newest, newestFirst: [true, true, true] });
      assert.deepEqual(asked(), ['Jobs()?$top=2', ...ordered]);
      await walk();
      assert.deepEqual(asked(), ordered);
      assert.deepEqual(lacking(), ['newestFirst']);
    });

    it('is not asked for again where that is refused', async () => {
      rows = listing(all);
      refused = [/\$orderby/];
      assert.deepEqual(await walk(), { ids: [...newest].reverse(), newestFirst: [false, false, false] });
      assert.deepEqual(asked(), ['Jobs()?$top=2', ordered[0], ...plain.slice(1)]);
      await walk();
      assert.deepEqual(asked(), plain);
      assert.deepEqual(lacking(), ['newestFirst', 'orderby']);
    });

    it('of a single page is told, and costs no second request', async () => {
      rows = listing(all);
      assert.deepEqual((await walk(6)).newestFirst, [false]);
      assert.deepEqual(asked(), ['Jobs()?$top=6']);
    });

    it('that shows only later does not change within a walk, but for the next', async () => {
      rows = listing([all[3], all[2], all[1], all[4], all[0]].filter((job) => job !== undefined));
      assert.deepEqual((await walk()).newestFirst, [true, false, false]);
      assert.deepEqual(asked(), plain);
      assert.deepEqual(await walk(), { ids: newest, newestFirst: [true, true, true] });
      assert.deepEqual(asked(), ordered);
    });

    it('is not mistaken where new jobs push others to the next page', async () => {
      const shown = [...all].reverse();
      rows = (url) =>
        listing(url.includes('$skip=2') ? [jobOf(9, { Created: '2026-02-01T00:00:00' }), ...shown] : shown)(url);
      assert.deepEqual((await walk()).newestFirst, [true, true, true]);
      assert.deepEqual(asked(), plain);
    });

    it('of a walk goes with its filter', async () => {
      rows = listing(all);
      const first = await fixture.client.listJobs({ states: ['Processing'] }, { token: null, pageSize: 2 });
      await fixture.client.listJobs({}, { token: first.next, pageSize: 2 });
      const filtered = 'Jobs()?$filter=State eq 2';
      assert.deepEqual(asked(), [
        `${filtered}&$top=2`,
        `${filtered}&$orderby=Created desc&$top=2`,
        `${filtered}&$orderby=Created desc&$top=2&$skip=2`,
      ]);
    });

    it('goes on behind the links of a page', async () => {
      rows = (url) => {
        const skip = Number(/\$skip=(\d+)/.exec(url)?.[1] ?? 0);
        const top = Number(/\$top=(\d+)/.exec(url)?.[1]);
        const more = top > 1 ? { 'odata.nextLink': `Jobs()?$top=${top - 1}&$skip=${skip + 1}` } : {};
        return { body: { value: [...all].reverse().slice(skip, skip + 1), ...(skip < 4 ? more : {}) } };
      };
      assert.deepEqual((await walk()).ids, newest);
    });
  });

  describe('is remembered', () => {
    it('with the endpoint over a new client', async () => {
      refused = [/ ne /];
      await fixture.client.listActiveJobs();
      const root = `${api.origin()}/api/`;
      assert.equal(fixture.kept, JSON.stringify({ configured: root, root, lacking: ['ne'] }));
      asked();
      const again = await connect(fixture.kept);
      await again.client.listActiveJobs();
      assert.deepEqual(sorted(asked()), sorted(activeByRange));
      again.client.forgetEndpoint();
      assert.equal(again.kept, undefined);
      await again.client.listActiveJobs();
      assert.equal(asked()[0], activeByNe);
    });

    it('not from a refusal with another reason', async () => {
      refused = [/./];
      await failure(fixture.client.listActiveJobs(), 'badRequest');
      await failure(fixture.client.listRunningTasks(), 'badRequest');
      await failure(fixture.client.countJobs(), 'badRequest');
      await failure(fixture.client.listJobs({ name: 'x' }, { token: null, pageSize: 1 }), 'badRequest');
      await failure(fixture.client.listDeparted([idOf(1), idOf(2)]), 'badRequest');
      assert.equal(fixture.kept, undefined);
      asked();
      refused = [];
      await fixture.client.listActiveJobs();
      assert.deepEqual(asked(), [activeByNe]);
    });

    it('not from another failure', async () => {
      for (const status of [403, 404, 409, 414, 429, 503]) {
        rows = () => ({ ...refusal, status });
        await failure(fixture.client.listActiveJobs());
        assert.deepEqual(asked(), [activeByNe], `${status}`);
      }
      rows = (url) => (url.includes(' ne ') ? refusal : { ...refusal, status: 503 });
      await failure(fixture.client.listActiveJobs(), 'throttled');
      assert.equal(fixture.kept, undefined);
    });

    it('from two requests at once', async () => {
      refused = [/ ne /, /\$select/];
      await Promise.all([fixture.client.listActiveJobs(), fixture.client.listRunningTasks()]);
      assert.deepEqual(new Set(lacking() as string[]), new Set(['ne', 'selectOnTasks']));
    });

    it('for the API root that it was learned of alone', async () => {
      const other = await ScriptedServer.start(() => page(), await certificates(), '127.0.0.2');
      const root = `${api.origin()}/api/`;
      fixture = await connect(JSON.stringify({ configured: root, root, lacking: ['ne', 'count'] }));
      rows = () => ({ status: 301, headers: { Location: `${other.origin()}/api/` } });
      await fixture.client.listActiveJobs();
      assert.equal(fixture.kept, JSON.stringify({ configured: root, root: `${other.origin()}/api/` }));
      await fixture.client.listActiveJobs();
      assert.equal(decodeURIComponent(other.requests.at(-1)?.url ?? ''), `/api/${activeByNe}`);
      await other.stop();
    });

    for (const lacks of ['"ne"', '["NE","constructor"]', '{"0":"ne"}', '[["ne"]]', '[7,null]', 'null', '1']) {
      it(`not from ${lacks}, which no client wrote`, async () => {
        const root = `${api.origin()}/api/`;
        const kept = `{"configured":${JSON.stringify(root)},"root":${JSON.stringify(root)},"lacking":${lacks}}`;
        fixture = await connect(kept);
        await fixture.client.listActiveJobs();
        assert.deepEqual(asked(), [activeByNe]);
        assert.equal(fixture.client.endpoint, root);
      });
    }
  });
});
