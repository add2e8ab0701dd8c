import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ServiceAccount } from '../../../src/client/account.ts';
import type { ServiceClient } from '../../../src/client/serviceClient.ts';
import { CountingListener, routeConnections } from '../../support/countingListener.ts';
import { type Answer, ScriptedServer } from '../../support/httpsServer.ts';
import { connectTo } from '../../support/serviceKinds.ts';
import { certificates, failure, impatientClock } from './clientFixture.ts';
import { addressesOf, hostileAddresses, hostileNextLinks } from './hostileAddresses.ts';
import { jobRecordOf, jwtOf } from './v3Fixture.ts';

const token = jwtOf({ exp: Date.now() / 1000 + 86_400, sub: 'token-that-no-stranger-may-see' });
const apiKey = 'key-that-no-stranger-may-see';
const nothing = { connections: 0, requests: 0, tokens: 0 };
const firstPage = { token: null, pageSize: 50 } as const;

interface Subject {
  readonly host: string;
  readonly account: ServiceAccount;
  readonly secret: string;
}

const common = { name: 'contoso', trustedHosts: [] };
const subjects: readonly Subject[] = [
  {
    host: 'app.mk.io',
    account: {
      ...common,
      ...{ kind: 'mkio', endpoint: 'https://app.mk.io/', project: 'p', authentication: { method: 'token' } },
    },
    secret: token,
  },
  {
    host: 'rms-contoso.azurefd.net',
    account: {
      ...common,
      ...{ kind: 'ravnur', endpoint: 'https://rms-contoso.azurefd.net/', authentication: { method: 'apiKey' } },
      ...{ subscriptionId: 's', resourceGroup: 'g', accountName: 'a' },
    },
    secret: apiKey,
  },
];

for (const { host, account, secret } of subjects) {
  describe(`an account of the kind ${account.kind} at ${host}`, () => {
    let service: ScriptedServer;
    let listener: CountingListener;
    let unroute: () => void;
    /** What a list is answered with, behind its rows. */
    let link = '';

    const answer = (url: string): Answer => {
      if (url === '/auth/token') {
        return { body: token };
      }
      const isTransforms = /\/transforms(?:\?|$)/.test(url);
      const rows =
        isTransforms || url.includes('/projects?') ? [{ name: 't' }] : [jobRecordOf({ state: 'Processing' })];
      return { body: { value: rows, ...(link === '' ? {} : { '@odata.nextLink': link }) } };
    };

    before(async () => {
      service = await ScriptedServer.start(({ url }) => answer(url), await certificates());
      listener = await CountingListener.start(await certificates(), [token, apiKey], { value: [] });
      unroute = routeConnections((to) => (to === `${host}:443` ? service : listener).port);
    });
    after(async () => {
      unroute();
      await Promise.all([service.stop(), listener.stop()]);
    });

    const connect = (): ServiceClient => connectTo(account, secret, { clock: impatientClock }).client;
    const links = (): readonly string[] => {
      const all = addressesOf({ ...hostileAddresses, ...hostileNextLinks }, listener.port);
      return [...new Set(all.map(({ address }) => address.replaceAll('media.windows.net', host)))];
    };

    it('goes to none of these with a next link of any list', async (t) => {
      let refused = 0;
      for (const address of links()) {
        const client = connect();
        if (account.kind === 'ravnur') {
          // Transforms are a list as well; here they are known before.
          link = '';
          await client.listJobs({}, firstPage);
        }
        link = address;
        const asks: readonly Promise<unknown>[] = [
          client.listJobs({}, firstPage),
          client.listActiveJobs(),
          client.listJobs({ states: ['Error'] }, firstPage),
        ];
        for (const asked of asks) {
          const error = await failure(asked);
          assert.ok(error.kind === 'untrustedRedirect' || error.kind === 'badReply', `${address}: ${error.kind}`);
          assert.ok(
            ![token, apiKey].some((mark) => JSON.stringify([error.message, error.untrustedOrigin]).includes(mark)),
          );
          refused++;
        }
        assert.deepEqual(listener.take(), nothing, address);
        client.dispose();
      }
      assert.ok(refused >= 75, String(refused));
      t.diagnostic(`${refused} refused, and nothing arrived at a stranger`);
    });

    it('goes to none of these with a next link of transforms or of a project that is looked for', async () => {
      for (const address of links()) {
        link = address;
        const client = connect();
        await client.testConnection(() => undefined).catch(() => undefined);
        await client.getJob('transforms/t/jobs/none').catch(() => undefined);
        assert.deepEqual(listener.take(), nothing, address);
        client.dispose();
      }
    });

    it('goes to none of these in a link that is percent-encoded as a whole, once or twice', async (t) => {
      const once = links().map((address) => encodeURIComponent(address.toWellFormed()));
      const before = service.requests.length;
      for (const form of [...once, ...once.slice(0, 25).map(encodeURIComponent)]) {
        link = form;
        const client = connect();
        // What is no address is a path at the service itself, and harmless there.
        const page = await client.listJobs({}, firstPage).catch(() => null);
        if (page?.next) {
          await client.listJobs({}, { ...firstPage, token: page.next }).catch(() => undefined);
        }
        await client.listActiveJobs().catch(() => undefined);
        assert.deepEqual(listener.take(), nothing, form);
        client.dispose();
      }
      const asked = service.requests.slice(before).filter(({ url }) => /%/.test(url.split('?')[0] ?? ''));
      assert.ok(asked.length > 25, 'paths of the service itself');
      t.diagnostic(`${once.length} links; ${asked.length} requests for such paths, all to the service itself`);
    });

    it('goes to none of these with a page token that somebody has written', async () => {
      link = '';
      const client = connect();
      for (const address of links()) {
        const place = { key: account.kind === 'mkio' ? '' : 't', resource: address, skip: 0, mark: '', pages: 1 };
        const made = JSON.stringify({ places: [{ ...place, latest: null }], newestFirst: true, oldest: null });
        await client.listJobs({}, { token: made, pageSize: 1 }).catch(() => undefined);
        assert.deepEqual(listener.take(), nothing, address);
      }
      client.dispose();
    });

    it('follows no redirect', async () => {
      const client = connect();
      const before = service.handler;
      for (const status of [301, 302, 303, 307, 308]) {
        for (const location of links().slice(0, 30)) {
          const header = Buffer.from(location, 'utf8').toString('latin1');
          service.handler = ({ url }) =>
            url === '/auth/token' ? answer(url) : { status, headers: { Location: header.replace(/\p{Cc}/gu, '') } };
          const error = await failure(client.listJobs({}, firstPage), 'badReply');
          assert.match(error.message, new RegExp(`\\(status ${status}\\)\\.$`));
          assert.deepEqual(listener.take(), nothing, location);
        }
      }
      service.handler = before;
      client.dispose();
    });

    it('would be seen at the listener, if it went there', async () => {
      link = `https://127.0.0.1:${listener.port}/jobs`;
      const trusting = { ...account, trustedHosts: [`127.0.0.1:${listener.port}`] };
      const { client } = connectTo(trusting, secret, { clock: impatientClock });
      const page = await client.listJobs({}, firstPage).catch((error: unknown) => error);
      if (page instanceof Error) {
        // That of the transforms, which is followed at once.
        assert.equal(account.kind, 'ravnur', page.message);
      } else {
        await client.listJobs({}, { ...firstPage, token: (page as { next: string }).next });
      }
      assert.ok(listener.take().tokens > 0);
      client.dispose();
    });
  });
}
