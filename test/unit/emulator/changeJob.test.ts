import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { RunningEmulator } from '../../../src/emulator/emulator.ts';
import { acsToken, type BareReply, documentedHeaders, getJson, send } from '../../support/emulatorRequests.ts';
import { startQuickEmulator } from '../../support/quickEmulator.ts';

const start = Date.parse('2026-03-01T12:00:00Z');
const documentedId = 'nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1';
const unknownId = 'nb:jid:UUID:00000000-0000-4000-8000-00000000dead';

describe('changing a job', () => {
  let now: number;
  let emulator: RunningEmulator;
  let token: string;

  beforeEach(async () => {
    now = start;
    emulator = await startQuickEmulator({ now: () => now, arrivalsPerMinute: 0, reservedUnits: 1, jobs: 10 });
    token = await acsToken(emulator);
    emulator.simulation.advanceTo(now);
  });
  afterEach(() => emulator.close());

  function change(
    method: string,
    id: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<BareReply> {
    return send(`${emulator.endpoint}Jobs('${encodeURIComponent(id)}')`, {
      ca: emulator.ca,
      method,
      headers: { ...documentedHeaders(token), 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
  const messageOf = (reply: BareReply): string => JSON.parse(reply.text)['odata.error'].message.value;
  const stateOf = (id: string) => emulator.simulation.find(id)?.state;
  function inState(state: number): string {
    const found = [...emulator.simulation.jobs()].find((job) => job.state === state && job.id !== documentedId);
    assert.ok(found, `none in state ${state}`);
    return found.id;
  }

  describe('its priority', () => {
    for (const method of ['MERGE', 'PATCH', 'PUT']) {
      it(`can be set by ${method} while it is Queued`, async () => {
        const id = inState(0);
        now += 1000;
        const reply = await change(method, id, { Priority: 3 });
        assert.equal(reply.status, 204, reply.text);
        assert.equal(reply.body.length, 0);
        const job = emulator.simulation.find(id);
        assert.equal(job?.priority, 3);
        assert.equal(job?.lastModified, now);
        assert.deepEqual(
          job
            ?.tasks()
            .map((task) => task.priority)
            .filter((one) => one !== 3),
          [],
        );
      });

      it(`is refused by ${method} otherwise, in the words that clients know`, async () => {
        for (const state of [2, 3]) {
          const reply = await change(method, inState(state), { Priority: 3 });
          assert.equal(reply.status, 400);
          assert.match(messageOf(reply), /Job's priority can only be changed if the job is in Queued state/);
        }
        assert.equal((await change(method, documentedId, { Priority: 3 })).status, 400);
        assert.equal((await change(method, unknownId, { Priority: 3 })).status, 404);
      });
    }

    it('decides who is served first', async () => {
      const queued = [...emulator.simulation.jobs()].filter((job) => job.state === 0).map((job) => job.id);
      const [last] = queued;
      assert.ok(last && queued.length > 2);
      assert.equal((await change('MERGE', last, { Priority: '100' })).status, 204);
      for (let step = 0; step < 600 && stateOf(last) === 0; step++) {
        now += 1000;
        emulator.simulation.advanceTo(now);
      }
      assert.deepEqual(
        queued
          .slice(1)
          .map(stateOf)
          .filter((state) => state !== 0),
        [],
      );
    });

    it('is reset by a PUT without it, and kept by a MERGE without it', async () => {
      const id = inState(0);
      await change('MERGE', id, { Priority: 4 });
      assert.equal((await change('MERGE', id, {})).status, 204);
      assert.equal(emulator.simulation.find(id)?.priority, 4);
      assert.equal((await change('PUT', id, {})).status, 204);
      assert.equal(emulator.simulation.find(id)?.priority, 0);
    });

    it('is all that can change', async () => {
      const id = inState(0);
      const { json } = await getJson(emulator, token, `Jobs('${id}')`);
      assert.equal((await change('MERGE', id, { ...(json as object), Priority: 2 })).status, 204, 'a whole entity');
      for (const body of [{ Name: 'x' }, { State: 5 }, { Id: unknownId }, { TemplateId: 'x' }]) {
        assert.match(messageOf(await change('MERGE', id, body)), /cannot be changed/);
      }
      assert.match(messageOf(await change('MERGE', id, { Colour: 1 })), /defined by the type/);
      assert.match(messageOf(await change('MERGE', id, { Priority: 2 ** 31 })), /Edm\.Int32/);
      assert.equal((await change('MERGE', id)).status, 400, 'no body');
    });

    it('can be tunnelled through POST', async () => {
      const id = inState(0);
      for (const method of ['MERGE', 'PATCH', 'PUT']) {
        const reply = await change('POST', id, { Priority: method.length }, { 'X-HTTP-Method': method });
        assert.equal(reply.status, 204, reply.text);
        assert.equal(emulator.simulation.find(id)?.priority, method.length);
      }
      assert.equal((await change('POST', id, { Priority: 1 }, { 'X-HTTP-Method': 'GET' })).status, 400);
      assert.equal((await change('MERGE', id, { Priority: 1 }, { 'X-HTTP-Method': 'DELETE' })).status, 400);
    });
  });

  describe('DELETE', () => {
    it('is 204 once it is final, and 404 from then on', async () => {
      for (const state of [3, 4, 5]) {
        if (state === 4) {
          emulator.simulation.fail(inState(2), { code: 'x', message: 'x' });
        } else if (state === 5) {
          emulator.simulation.cancel(inState(0));
        }
        const id = inState(state);
        const count = emulator.simulation.size;
        assert.equal((await change('DELETE', id)).status, 204);
        assert.equal(emulator.simulation.size, count - 1);
        assert.equal((await change('DELETE', id)).status, 404);
        assert.equal((await getJson(emulator, token, `Jobs('${id}')`)).status, 404);
        const { json } = await getJson(emulator, token, `Jobs?$filter=Id eq '${id}'`);
        assert.deepEqual((json as { value: unknown[] }).value, []);
      }
    });

    it('can be tunnelled', async () => {
      const id = inState(3);
      assert.equal((await change('POST', id, undefined, { 'X-HTTP-Method': 'DELETE' })).status, 204);
      assert.equal(stateOf(id), undefined);
    });

    it('is refused before, and leaves the job', async () => {
      for (const id of [inState(0), inState(2), documentedId]) {
        const reply = await change('DELETE', id);
        assert.equal(reply.status, 400);
        assert.match(messageOf(reply), /cannot be deleted/);
        assert.ok(emulator.simulation.find(id));
      }
    });

    it('leaves the outputs', async () => {
      const id = inState(3);
      const [output = ''] = emulator.simulation.find(id)?.assets().outputs ?? [];
      assert.equal((await change('DELETE', id)).status, 204);
      assert.equal((await getJson(emulator, token, `Assets('${output}')`)).status, 200);
    });
  });
});
