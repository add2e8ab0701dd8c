import assert from 'node:assert/strict';
import { mkdir, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { SharedFolder } from '../../../src/accounts/sharedFolder.ts';
import { startShared } from '../../../src/emulator/sharedEmulator.ts';
import { readState } from '../../../src/emulator/stateFile.ts';
import { systemClock } from '../../../src/jobs/clock.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../../host/temporaryFolder.ts';
import { jobRecord } from '../../support/jobs.ts';

let temporary: TemporaryFolder;
let folder: string;
let log: string[];

beforeEach(async () => {
  temporary = await makeTemporaryFolder();
  folder = path.join(temporary.path, 'windows');
  log = [];
});

afterEach(() => temporary.dispose());

const shared = { activeAt: 1, headAt: 1, watchedAt: {}, goneAt: {}, jobs: [], head: null, failure: null };
const choice = { chosenAt: 1, job: { ...jobRecord(1), account: 'a', tasks: null, progress: 1, pace: null } };

/** A window that uses each kind of file once, and what it found in them. */
async function useAll(): Promise<Record<string, unknown>> {
  const window = new SharedFolder({ folder, clock: systemClock, log: (message) => log.push(message) });
  try {
    const sharing = window.account('contoso', 'f');
    const found = {
      tracked: await window.tracked.load(),
      jobs: await sharing.read(),
      root: window.endpoint('contoso').load(),
    };
    const lease = await sharing.acquire();
    await window.tracked.save(choice);
    await sharing.write(shared);
    await window.endpoint('contoso').save('https://h/api/');
    const claimed = await window.claim('end of a job');
    lease?.dispose();
    return { ...found, lease: lease !== null, claimed };
  } finally {
    window.dispose();
  }
}

/** In bytes; more than any window writes. */
const tooLong = 70_000_000;

const contents: readonly (readonly [what: string, content: string | Buffer, length?: number])[] = [
  ['nothing', ''],
  ['half of what was written', '{"version":1,"writer":"w","val'],
  ['no object', 'null'],
  ['a list', '[1]'],
  ['numbers for texts', '{"version":1,"writer":1,"value":2,"root":3,"token":4,"pid":"5","host":6,"expiresAt":"7"}'],
  ['names of what every object has', '{"__proto__":{"version":1},"constructor":1}'],
  ['a version to come', '{"version":9,"writer":"w","value":{}}'],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x80])],
  ['more than any window writes', '[', tooLong],
  ['more depth than a stack has', `{"version":1,"writer":"w","value":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
];

describe('files that windows share', () => {
  for (const [what, content, length] of contents) {
    test(`hold ${what}: they are written anew, and the next window reads them`, async () => {
      await useAll();
      for (const name of await readdir(folder)) {
        if (name.endsWith('.json')) {
          await writeFile(path.join(folder, name), content);
          if (length !== undefined) {
            // A file with a hole in it, which takes no room.
            await truncate(path.join(folder, name), length);
          }
        }
      }
      const hurt = await useAll();
      assert.equal(hurt['jobs'], null);
      assert.equal(hurt['root'], undefined);
      assert.equal(hurt['lease'], true);
      const healed = await useAll();
      assert.deepEqual(healed['tracked'], JSON.parse(JSON.stringify(choice)));
      assert.deepEqual(healed['jobs'], {
        ...shared,
        watchedAt: Object.create(null),
        goneAt: Object.create(null),
        fingerprint: 'f',
      });
      assert.equal(healed['root'], 'https://h/api/');
      assert.deepEqual(log, []);
    });
  }

  test('that are folders, or links in a circle, are named in the log, and nothing else is the matter', async () => {
    await useAll();
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    for (const [index, name] of names.entries()) {
      await rm(path.join(folder, name));
      const file = path.join(folder, name);
      await (index % 2 === 0 ? mkdir(path.join(file, 'x'), { recursive: true }) : symlink(name, file));
    }
    const found = await useAll();
    assert.equal(found['claimed'], false, 'claimed before');
    assert.equal(found['tracked'], null);
    assert.ok(log.length > 0);
    assert.ok(
      log.every((message) => names.some((name) => message.includes(name))),
      log.join('\n'),
    );
  });
});

describe("an emulator's state", () => {
  const file = (): string => path.join(temporary.path, 'state.json');

  test('whose changes are damaged where it does not show keeps nobody from an emulator', async () => {
    const first = await startShared({ file: file() }, { jobs: 0, arrivalsPerMinute: 0 });
    assert.equal(first.kind, 'started');
    await first.end(false);
    const state = readState(file());
    for (const mutation of [
      { kind: 'add', at: state?.startedAt, job: null },
      { kind: 'add', at: state?.startedAt, job: { name: 1, tasks: 5 } },
      { kind: 'fail', at: state?.startedAt, id: null, error: null },
      { kind: 'to come', at: state?.startedAt },
    ]) {
      await writeFile(file(), JSON.stringify({ ...state, mutations: [mutation] }));
      const next = await startShared({ file: file() }, { jobs: 0, arrivalsPerMinute: 0 });
      assert.equal(next.kind, 'started');
      await next.end(false);
      assert.ok(readState(file()));
    }
  });

  test('from a time to come is not gone on with', async () => {
    const first = await startShared({ file: file() }, { jobs: 0 });
    assert.equal(first.kind, 'started');
    await first.end(false);
    await writeFile(file(), JSON.stringify({ ...readState(file()), aliveAt: Date.now() + 86_400_000 }));
    assert.deepEqual(await startShared({ file: file(), resumeOnly: true }, {}), { kind: 'nothing to resume' });
  });
});
