import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AccountSecrets } from '../../../src/accounts/accountSecrets.ts';
import { readAccountSettings } from '../../../src/accounts/accountSettings.ts';
import { emulatorAccountNames } from '../../../src/accounts/emulatorAccounts.ts';
import { parseEmulatorLine } from '../../../src/accounts/emulatorInfo.ts';
import { servicesIn } from '../../../src/accounts/emulatorServices.ts';
import { rootIn } from '../../../src/accounts/endpointFile.ts';
import { leaseIn } from '../../../src/accounts/leaseFile.ts';
import { SharedFile } from '../../../src/accounts/sharedFile.ts';
import type { SharedFiles } from '../../../src/accounts/sharedFiles.ts';
import { soundSharedAccount } from '../../../src/accounts/soundSharedAccount.ts';
import { isWindowMark } from '../../../src/accounts/windowIdentity.ts';
import { isSendable, readExpiry } from '../../../src/client/accessToken.ts';
import type { AmsAccount } from '../../../src/client/account.ts';
import { requestAcsToken } from '../../../src/client/ams/acsToken.ts';
import { amsCapabilities } from '../../../src/client/ams/amsCapabilities.ts';
import { Collections } from '../../../src/client/ams/collections.ts';
import {
  readAsset,
  readJob,
  readReservedUnits,
  readRunningTask,
  readTask,
  readTaskEvents,
} from '../../../src/client/ams/jobEntities.ts';
import { JobPages } from '../../../src/client/ams/jobPages.ts';
import { explainAzureCli } from '../../../src/client/azureCliToken.ts';
import { readCapabilities } from '../../../src/client/capability.ts';
import { Endpoint } from '../../../src/client/endpoint.ts';
import { errorOfReply, parseRetryAfter } from '../../../src/client/errorReply.ts';
import { identityOf } from '../../../src/client/identityOf.ts';
import { LearnedCapabilities } from '../../../src/client/learnedCapabilities.ts';
import { explainManagedIdentity } from '../../../src/client/managedIdentityToken.ts';
import { MsalNetwork } from '../../../src/client/msalNetwork.ts';
import {
  parseJson,
  readCollection,
  readEntity,
  readNested,
  readNumber,
  readProperty,
  readTime,
} from '../../../src/client/odata.ts';
import { messageOf } from '../../../src/client/replyMessage.ts';
import { explainAnswer } from '../../../src/client/signInRefusal.ts';
import type { Transport } from '../../../src/client/transport.ts';
import { isTrusted, parseTrustedHost } from '../../../src/client/trust.ts';
import { requestUserToken } from '../../../src/client/userToken.ts';
import { draftOf, entryOf, readCredentials } from '../../../src/commands/accountForm.ts';
import { servicesToEmulate } from '../../../src/commands/emulatorArguments.ts';
import {
  accountFromArguments,
  isJobArguments,
  jobFromArguments,
  jobsFromArguments,
} from '../../../src/commands/jobArguments.ts';
import { jobForModel, listForModel } from '../../../src/commands/jobForModel.ts';
import { jobUri, readJobUri } from '../../../src/commands/jobUri.ts';
import { readListArguments } from '../../../src/commands/listArguments.ts';
import type { Services } from '../../../src/commands/services.ts';
import { inputObject, readJobInput, readListInput } from '../../../src/commands/toolInput.ts';
import { parseBody } from '../../../src/emulator/adminBody.ts';
import { type Operated, operations } from '../../../src/emulator/adminOperations.ts';
import type { Account } from '../../../src/emulator/api/account.ts';
import { parseFilter } from '../../../src/emulator/api/filterParser.ts';
import { verboseJson } from '../../../src/emulator/api/format.ts';
import { readNewJob } from '../../../src/emulator/api/newJob.ts';
import { documentedQuotas } from '../../../src/emulator/api/quotas.ts';
import type { ApiRequest } from '../../../src/emulator/api/request.ts';
import { parseTaskBody } from '../../../src/emulator/api/taskBodyParser.ts';
import { parseCommandLine, UsageError } from '../../../src/emulator/commandLine.ts';
import { allOff, allOn } from '../../../src/emulator/dialects.ts';
import { holderIn } from '../../../src/emulator/lock.ts';
import { Settings } from '../../../src/emulator/settings.ts';
import { parseState } from '../../../src/emulator/stateFile.ts';
import { readPatch } from '../../../src/emulator/v3/changes.ts';
import { type Fields, readFilter } from '../../../src/emulator/v3/filter.ts';
import { readOrder } from '../../../src/emulator/v3/order.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { parseJobId } from '../../../src/jobs/jobId.ts';
import { jobIdForms } from '../../../src/jobs/jobIdForms.ts';
import { jobIdAt, jobIdsInText, longestJobId } from '../../../src/jobs/jobIdsInText.ts';
import { jobToJson } from '../../../src/jobs/jobJson.ts';
import { readQuery } from '../../../src/jobs/jobQuery.ts';
import { isPace } from '../../../src/jobs/pace.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { isTrackedChoice } from '../../../src/jobs/trackedJob.ts';
import { readDetailsState } from '../../../src/views/detailsState.ts';
import { readDocumentAddress } from '../../../src/views/jobDocument.ts';
import { JobGrouping } from '../../../src/views/jobGrouping.ts';
import { recordText } from '../../../src/views/recordText.ts';
import { FakeClock } from '../fakeClock.ts';
import { jobId, jobRecord, jobTask } from '../jobs.ts';
import { english } from '../localizer.ts';
import { MemorySecrets } from '../memorySecrets.ts';
import { type Decoder, decoder, isEmulatorError, jwt, nothing, orRefused, replies, replyOf } from './decoder.ts';
import { soundRecord, soundRunningTask, soundStoredJob, soundTask, soundValue } from './sound.ts';
import { ofV3 } from './v3Decoders.ts';
import { nearJson, nearJsonText, nearText, nearValue } from './values.ts';

const now = Date.parse('2026-01-02T00:00:00Z');
const clock = new FakeClock(now);
const guid = 'f3c43f94-327f-2347-90bb-3bf79f8559f1';
const id = `nb:jid:UUID:${guid}`;
const taskId = `nb:tid:UUID:${guid}`;

const task = {
  Id: taskId,
  Name: 'Encode',
  State: 2,
  Progress: 42.5,
  StartTime: '2015-02-11T01:46:08.897Z',
  EndTime: null,
  RunningDuration: 1_500,
  ErrorDetails: [{ Code: 'ErrorProcessingTask', Message: 'It failed' }],
  HistoricalEvents: [{ Code: 'TaskScheduled', Message: '', TimeStamp: '2015-02-11T01:46:08' }],
};
const job = {
  'odata.metadata': 'https://h/api/$metadata#Jobs/@Element',
  Id: id,
  Name: 'NewTestJob',
  State: 3,
  Created: '2015-02-11T01:46:08.897',
  LastModified: '2015-02-11T01:46:08.8970000Z',
  StartTime: '/Date(1587084991763)/',
  EndTime: '2015-02-11T01:46:08+01:00',
  Priority: '10',
  RunningDuration: 62_000,
};
const verboseTask = { ...task, ErrorDetails: { results: task.ErrorDetails }, HistoricalEvents: { results: [] } };
const verboseJob = {
  __metadata: { uri: 'https://h/api/Jobs' },
  ...job,
  State: '4',
  Tasks: { __deferred: { uri: 'x' } },
};

const account: AmsAccount = {
  name: 'Contoso',
  kind: 'ams',
  endpoint: 'https://contoso.restv2.westeurope.media.azure.net/api/',
  authentication: { method: 'acs', accountName: 'contoso', acsTokenUrl: undefined },
  trustedHosts: ['other.example.com'],
};
const noCache = { load: () => undefined, save: () => undefined };

const errorBodies = fc.oneof(
  nearJsonText(
    { 'odata.error': { code: '', message: { lang: 'en-US', value: 'Refused' } } },
    { error: { code: '', message: { lang: 'en-US', value: 'Refused' } } },
    {
      error: 'invalid_client',
      error_description: 'AADSTS7000215: Invalid client secret.\r\nTrace',
      error_codes: [7000215],
    },
  ),
  nearText(
    '<?xml version="1.0"?><m:error xmlns:m="x"><m:code/><m:message xml:lang="en-US">Refused &amp; gone</m:message></m:error>',
    '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>x</body></html>',
    'Plain text',
  ),
);

const claims = nearJsonText(
  { exp: 1_700_000_000, upn: 'a@b.c', appid: guid },
  { exp: 1e308, preferred_username: 'x', app_displayname: '\u202ex' },
);
const swt =
  'http%3a%2f%2fschemas.xmlsoap.org%2fws%2f2005%2f05%2fidentity%2fclaims%2fnameidentifier=contoso&ExpiresOn=1700000000&HMACSHA256=x';
const tokens = fc.oneof(claims.map(jwt), nearText(swt, jwt('{"exp":1}')));

const stored: Job = { ...jobRecord(1), account: 'a', tasks: null, progress: 40, pace: null };
const pace = {
  since: now,
  changedAt: now,
  progress: 4,
  percent: 4,
  spentMs: 1,
  stepMs: null,
  leftMs: 1,
  isStalled: false,
};
const shared = {
  fingerprint: 'f',
  activeAt: now,
  headAt: now,
  watchedAt: { [jobId(1)]: now },
  goneAt: { [jobId(2)]: now },
  jobs: [
    { record: jobRecord(1), tasks: [jobTask(1, { errors: [{ code: 'c', message: 'm' }] })], progress: 4 },
    { record: jobRecord(2, { state: 'Unknown(9)', created: null }), tasks: null, progress: null },
  ],
  head: { ids: [jobId(1)], hasMore: true },
  failure: { kind: 'throttled', message: 'm', at: now, count: 2, retryAfterMs: 5 },
};

function soundShared(value: unknown): void {
  const found = soundSharedAccount(value, now);
  for (const { record, tasks, progress } of found?.jobs ?? []) {
    soundRecord(record);
    tasks?.forEach(soundTask);
    assert.ok(progress === null || (progress >= 0 && progress <= 100));
  }
  soundValue(found);
}

/** Files that windows share, of which one holds this. */
function filesHolding(text: string): SharedFiles {
  const files: Pick<SharedFiles, 'prepare' | 'read' | 'complain'> = {
    prepare: () => Promise.resolve(),
    read: () => Promise.resolve(text),
    complain: (_what, error) => assert.fail(String(error)),
  };
  return files as SharedFiles;
}

const entries = [
  {
    name: 'Contoso',
    kind: 'ams',
    endpoint: 'https://contoso.example.com/api',
    authentication: {
      method: 'servicePrincipal',
      tenantId: 't',
      clientId: 'c',
      authorityHost: 'https://login.example.com/',
    },
    trustedHosts: ['h:8443', '*.media.example.com'],
  },
  {
    name: 'Ünï côde',
    kind: 'ams',
    endpoint: 'https://wamsglobal.example.com',
    authentication: { method: 'acs', accountName: 'n', acsTokenUrl: 'https://x.example.com/' },
  },
  {
    name: 'C',
    kind: 'ams',
    endpoint: 'https://c/',
    authentication: { method: 'certificate', tenantId: 't', clientId: 'c', certificatePath: '/c.pem' },
  },
  { name: 'V', kind: 'ams', endpoint: 'https://v/', authentication: { method: 'vscode' } },
  { name: 'P', kind: 'mkio', project: 'p 1', trustedHosts: ['a.example.com'], authentication: { method: 'token' } },
  { name: 'S', kind: 'mkio', subscription: 's', endpoint: 'https://s/', authentication: { method: 'token' } },
  {
    name: 'R',
    kind: 'ravnur',
    endpoint: 'https://r/',
    subscriptionId: 's',
    resourceGroup: 'g',
    accountName: 'a',
    authentication: { method: 'apiKey' },
  },
];

const twoAccounts = {
  accounts: { accounts: ['Contoso', 'Other'].map((name) => ({ name, capabilities: amsCapabilities })) },
  view: { selectedJobs: [] },
};
const services = twoAccounts as unknown as Services;

/** What any job of ours goes through once it is shown or handed on. */
function soundEverywhere(record: ReturnType<typeof readJob>, tasks: readonly ReturnType<typeof readTask>[]): void {
  const whole: Job = { ...record, account: 'a', tasks, progress: null, pace: null };
  soundValue(jobToJson(whole, now));
  soundValue(jobForModel('a', { job: whole, asOf: now }, now));
  soundValue(listForModel('a', { jobs: [whole], asOf: now, hasMore: false }, now));
  assert.ok(URL.canParse(jobUri(whole, 'vscode')));
}

const ofClient: readonly Decoder[] = [
  decoder(
    'a page of jobs',
    ['client/odata.ts', 'client/ams/jobEntities.ts', 'jobs/jobJson.ts'],
    nearJsonText(
      { value: [job], 'odata.nextLink': 'Jobs?$skiptoken=1' },
      { d: { results: [verboseJob], __next: 'https://h/' } },
      { d: [job] },
    ),
    (text) => {
      for (const row of readCollection(parseJson(text)).rows) {
        const record = readJob(row);
        soundRecord(record);
        soundEverywhere(record, []);
      }
    },
  ),
  decoder('a job', ['client/odata.ts', 'client/ams/jobEntities.ts'], nearJson(job, { d: verboseJob }), (document) => {
    const record = readJob(readEntity(document));
    soundRecord(record);
    soundEverywhere(record, []);
  }),
  decoder(
    'a task',
    ['client/odata.ts', 'client/ams/jobEntities.ts'],
    nearJson(task, { d: verboseTask }),
    (document) => {
      const entity = readEntity(document);
      for (const { code, message, at } of readTaskEvents(entity)) {
        soundValue([code, message, at]);
      }
      readNested(document);
      const running = readRunningTask(entity);
      soundRunningTask(running);
      const read = readTask(entity);
      soundTask(read);
      soundEverywhere(jobRecord(1), [read]);
    },
  ),
  decoder(
    'an asset, a property and a number',
    ['client/ams/jobEntities.ts'],
    nearJson({ Id: 'nb:cid:UUID:x', Name: 'A', CurrentReservedUnits: 3 }, { value: 2 }, { d: { State: 2 } }),
    (document) => {
      const units = readReservedUnits(document);
      assert.ok(units === null || (Number.isInteger(units) && units >= 0));
      soundValue([readNumber(readProperty(document, 'State'))]);
      soundValue(readAsset(document));
    },
  ),
  decoder(
    'a time',
    ['client/odata.ts'],
    nearText('2015-02-11T01:46:08.897Z', '/Date(1587084991763)/', '2015-02-11T01:46:08+14:00', '0001-01-01T00:00:00'),
    (text) => {
      const time = readTime(text);
      assert.ok(time === null || Math.abs(time) <= 8.64e15, `${time}`);
    },
    nothing,
  ),
  decoder(
    'a page of a collection',
    ['client/ams/collections.ts'],
    replies(
      nearJsonText(
        { value: [job], 'odata.nextLink': 'https://contoso.restv2.westeurope.media.azure.net/api/Jobs?$skip=1' },
        { d: { results: [], __next: 'Jobs()?$skip=9' } },
      ),
    ),
    async (reply) => {
      let asked = 0;
      const transport = {
        request: () => Promise.resolve(asked++ === 0 ? replyOf(reply) : replyOf({ body: '{"value":[]}' })),
      };
      const collections = new Collections(transport as unknown as Transport, new Endpoint(account, noCache));
      const { items, answeredAt } = await collections.all('Jobs()?', readJob, undefined);
      items.forEach(soundRecord);
      soundValue(answeredAt);
    },
  ),
  decoder(
    'the token of a page',
    ['client/ams/jobPages.ts'],
    nearJsonText(
      { query: 'Jobs()?', skip: 50, newestFirst: true, oldest: now, link: null },
      {
        query: 'Jobs()?$filter=x',
        skip: 0,
        newestFirst: true,
        oldest: null,
        link: { resource: 'https://h/api/Jobs', left: 5 },
      },
    ),
    async (token) => {
      const endpoint = new Endpoint(account, noCache);
      const transport = { request: () => Promise.resolve(replyOf({ body: '{"value":[]}' })) };
      const pages = new JobPages(
        new Collections(transport as unknown as Transport, endpoint),
        new LearnedCapabilities(endpoint),
      );
      const { jobs, next } = await pages.list({}, { token, pageSize: 50 }, undefined);
      soundValue([jobs, next]);
    },
  ),
  decoder(
    'an answer that says why not',
    ['client/errorReply.ts', 'client/replyMessage.ts', 'client/redact.ts'],
    replies(errorBodies),
    (reply) => {
      assert.ok(messageOf(reply.body, reply.headers['content-type'] ?? null, ['secret-x']).length <= 500);
      const wait = parseRetryAfter(reply.headers['retry-after'] ?? null, reply.headers['date'] ?? null, now);
      assert.ok(wait === null || (Number.isFinite(wait) && wait >= 0));
      throw errorOfReply(replyOf(reply), clock, ['secret-x', '\ud800half']);
    },
  ),
  decoder(
    'the answer of the Access Control Service',
    ['client/ams/acsToken.ts', 'client/accessToken.ts'],
    replies(
      fc.oneof(
        nearJsonText(
          { access_token: swt, expires_in: '3600' },
          { access_token: jwt('{"exp":1e306}'), expires_in: 9e307 },
        ),
        errorBodies,
      ),
    ),
    async (reply) => {
      const sender = { send: () => Promise.resolve({ reply: replyOf(reply) }) };
      const request = { tokenUrl: new URL('https://acs.example.com/'), accountName: 'n', accountKey: 'key-1' };
      const { token, lifetimeMs } = await requestAcsToken(
        request,
        sender as never,
        clock,
        new AbortController().signal,
      );
      assert.ok(isSendable(token));
      assert.ok(lifetimeMs === null || (Number.isFinite(lifetimeMs) && lifetimeMs > 0), `${lifetimeMs}`);
    },
  ),
  decoder(
    'an answer of Entra ID',
    ['client/msalNetwork.ts', 'client/signInRefusal.ts'],
    replies(errorBodies),
    async (reply) => {
      const authority = new URL('https://login.microsoftonline.com/');
      const sender = { send: () => Promise.resolve({ reply: replyOf(reply) }) };
      const network = new MsalNetwork({ authority, sender, clock, signal: new AbortController().signal });
      const thrown = await network.sendPostRequestAsync(`${authority.href}t/token`).then(
        () => new Error('MSAL makes nothing of it'),
        (error: unknown) => error,
      );
      soundValue(explainAnswer({ ...reply, contentType: null, retryAfterMs: null }, authority, []).message);
      throw network.explain(thrown);
    },
  ),
  decoder(
    'an address that Entra ID names',
    ['client/msalNetwork.ts'],
    nearText('https://login.microsoftonline.com/t/oauth2/token', 'https://[::1]/'),
    async (address) => {
      const authority = new URL('https://login.microsoftonline.com/');
      const sender = { send: () => Promise.resolve({ reply: replyOf({ body: '{}' }) }) };
      const network = new MsalNetwork({ authority, sender, clock, signal: new AbortController().signal });
      await network.sendGetRequestAsync(address).catch((error: unknown) => {
        throw network.explain(error);
      });
    },
  ),
  decoder(
    'a token',
    ['client/accessToken.ts', 'client/identityOf.ts'],
    tokens,
    (token) => {
      const expiry = readExpiry(token);
      assert.ok(expiry === null || (Number.isFinite(expiry) && expiry > 0), `${expiry}`);
      const identity = identityOf(token);
      assert.ok(identity === null || (identity.length > 0 && identity.length <= 100));
    },
    nothing,
  ),
  decoder(
    'what az and a managed identity say',
    ['client/azureCliToken.ts', 'client/managedIdentityToken.ts'],
    nearText(
      'ERROR: AADSTS50020: User account',
      'Please run az login',
      'Unexpected token { in JSON',
      'identity not found',
      'network_error',
    ),
    (text) => {
      soundValue(explainManagedIdentity(text, false).message);
      throw explainAzureCli(text, undefined);
    },
  ),
  decoder(
    'what is kept of an endpoint',
    ['client/endpoint.ts', 'client/capability.ts'],
    nearJsonText({ configured: account.endpoint, root: 'https://other.example.com/api/', lacking: ['or', 'ne'] }),
    (text) => {
      const endpoint = new Endpoint(account, { load: () => text, save: () => undefined });
      assert.ok(isTrusted(endpoint.root, account) && endpoint.root.pathname.endsWith('/'));
      soundValue(readCapabilities([...endpoint.lacking]));
    },
    nothing,
  ),
  decoder(
    'where a redirect leads',
    ['client/endpoint.ts', 'client/trust.ts'],
    nearText('https://other.example.com/api/', '/api/', 'https://contoso.restv2.westeurope.media.azure.net/a//'),
    (location) => {
      const endpoint = new Endpoint(account, noCache);
      assert.ok(isTrusted(endpoint.redirectTarget(location, endpoint.root), account));
    },
  ),
  decoder(
    'a host to trust',
    ['client/trust.ts'],
    nearText('h.example.com:8443', '*.media.example.com', 'xn--bcher-kva.example', '[::1]:1'),
    (entry) => {
      const trusted = parseTrustedHost(entry);
      soundValue(trusted);
      isTrusted(new URL('https://h.example.com:8443/'), { endpoint: entry, trustedHosts: [entry] });
    },
    nothing,
  ),
];

const ofStoredState: readonly Decoder[] = [
  decoder(
    'the tracked job',
    ['jobs/trackedJob.ts', 'jobs/progress.ts', 'jobs/pace.ts'],
    nearJson(
      { chosenAt: now, job: stored },
      { chosenAt: now, job: { ...stored, pace, state: 'Finished' } },
      { chosenAt: 1, job: null },
    ),
    (value) => {
      if (isTrackedChoice(value)) {
        assert.ok(Number.isSafeInteger(value.chosenAt + 1), 'a later choice is later');
        if (value.job) {
          soundStoredJob(value.job);
          assert.ok(value.job.pace === null || isPace(value.job.pace));
          soundValue(jobToJson(value.job, now));
        }
      }
    },
    nothing,
  ),
  decoder(
    'jobs that another window shares',
    ['accounts/soundSharedAccount.ts'],
    nearJson(shared),
    soundShared,
    nothing,
  ),
  decoder(
    'a file that windows share',
    ['accounts/sharedFile.ts'],
    nearJsonText({ version: 1, writer: 'w', sequence: 1, value: shared }),
    async (text) => {
      const check = (value: unknown) => soundSharedAccount(value, now);
      const file = new SharedFile({ files: filesHolding(text), name: 'n', windowId: 'o', maxBytes: 1, check });
      soundValue(await file.load());
    },
    nothing,
  ),
  decoder(
    'a lease',
    ['accounts/leaseFile.ts', 'accounts/windowIdentity.ts'],
    nearJsonText({ window: 'w', token: 't', pid: 1, host: 'h', expiresAt: now }),
    (text) => {
      const lease = leaseIn(text);
      assert.ok(lease === null || (isWindowMark(lease) && Number.isFinite(lease.expiresAt)));
    },
    nothing,
  ),
  decoder(
    'the address in a file',
    ['accounts/endpointFile.ts'],
    nearJsonText({ version: 1, root: 'https://h/api/' }),
    (text) => {
      const root = rootIn(text);
      assert.ok(root === undefined || (typeof root === 'string' && root.length <= 8_192));
    },
    nothing,
  ),
  decoder(
    'a secret',
    ['accounts/accountSecrets.ts'],
    nearJsonText({ secret: 's', fingerprint: 'f', origins: ['https://h'] }),
    async (text) => {
      const storage = new MemorySecrets();
      storage.items.set('mediaServices.secret.Contoso', text);
      soundValue(await new AccountSecrets(storage).read(account));
    },
    nothing,
  ),
  decoder(
    'filter and grouping of the panel',
    ['jobs/jobQuery.ts', 'views/jobGrouping.ts', 'views/panelChoices.ts'],
    nearValue({ states: ['Queued', 'Error'], name: 'a', createdFrom: now }, 'day'),
    (value) => {
      soundValue(readQuery(value));
      assert.ok(['none', 'state', 'day'].includes(new JobGrouping(value).by));
    },
    nothing,
  ),
  decoder(
    'a tab of details',
    ['views/detailsState.ts', 'jobs/progress.ts'],
    nearJson({
      account: 'a',
      id,
      points: [
        { at: now, progress: 1 },
        { at: now + 1, progress: 2 },
      ],
    }),
    (value) => {
      const state = readDetailsState(value);
      soundValue(state);
      assert.ok(!state || state.points.every(({ at }, index) => at >= (state.points[index - 1]?.at ?? -Infinity)));
    },
    nothing,
  ),
];

const login = {
  Account: {
    'a.b-login-t': {
      home_account_id: 'a.b',
      environment: 'login',
      realm: 't',
      local_account_id: 'a',
      username: 'u',
      authority_type: 'MSSTS',
    },
  },
  RefreshToken: {
    'a.b-login-refreshtoken-c--': {
      home_account_id: 'a.b',
      environment: 'login',
      credential_type: 'RefreshToken',
      client_id: 'c',
      secret: 'r',
    },
  },
  AppMetadata: { 'appmetadata-login-c': { client_id: 'c', environment: 'login' } },
};

const ofKeptLogins: readonly Decoder[] = [
  decoder(
    'the login of a person',
    ['client/userToken.ts', 'client/keptLogin.ts'],
    nearJsonText(login),
    async (text) => {
      const asked = new ServiceError('unreachable', 'The test has no network.');
      await requestUserToken(
        {
          by: 'browser',
          tenantId: 't',
          clientId: 'c',
          authorityHost: 'https://login.microsoftonline.com/',
          scope: 's',
          clock: new FakeClock(now),
          sender: { send: () => Promise.resolve({ failure: 'network', error: asked }) } as never,
          prompts: {} as never,
          memory: { load: () => Promise.resolve(text), save: () => Promise.resolve() } as never,
          interactive: false,
        },
        new AbortController().signal,
      );
    },
  ),
];

const ofSettings: readonly Decoder[] = [
  decoder(
    'the accounts of the settings',
    ['accounts/accountSettings.ts'],
    nearValue(entries, entries.slice(0, 1), entries.slice(1)),
    (value) => {
      const { accounts, problems } = readAccountSettings(value);
      soundValue([accounts, problems]);
      for (const found of accounts) {
        assert.ok(found.name !== '' && found.name.isWellFormed() && URL.canParse(found.endpoint));
        new Endpoint(found, noCache);
      }
      assert.equal(new Set(accounts.map(({ name }) => name)).size, accounts.length);
    },
    nothing,
  ),
  decoder(
    'the credentials that the console of Ravnur copies',
    ['commands/accountForm.ts'],
    nearJsonText({
      'Subscription ID': 's',
      'Resource Group Name': 'g',
      account: { 'Account Name': 'a', apiKey: 'k' },
      'API Endpoint': 'https://r/',
    }),
    (text) => {
      const { answers, missing } = readCredentials(text, english);
      soundValue([answers, missing]);
      const entry = entryOf({ kind: 'ravnur', name: 'R', fields: {}, ...answers });
      assert.equal(
        readAccountSettings([entry]).problems.length === 0,
        missing.every((name) => name === 'API Key'),
      );
    },
    nothing,
  ),
  decoder(
    'an entry that is edited',
    ['commands/accountForm.ts'],
    nearValue(...entries),
    (entry) => {
      if (entry !== null && typeof entry === 'object') {
        soundValue(draftOf(entry));
      }
    },
    nothing,
  ),
];

const ofCommands: readonly Decoder[] = [
  decoder(
    'arguments that name a job',
    ['commands/jobArguments.ts'],
    nearValue({ account: 'Contoso', jobId: id }, { jobId: id, account: 'Other' }),
    (value) => {
      if (isJobArguments(value)) {
        soundValue(jobFromArguments(value, services));
        accountFromArguments(value, services);
      }
    },
  ),
  decoder(
    'rows that name jobs',
    ['commands/jobArguments.ts'],
    nearValue({ node: { type: 'job', account: 'Contoso', id }, nodes: [{ type: 'job', account: 'Contoso', id }] }),
    (value) => {
      const { node, nodes } = inputObject(value) as { readonly node?: unknown; readonly nodes?: unknown };
      for (const key of jobsFromArguments(node, nodes, services)) {
        assert.ok(typeof key.account === 'string' && typeof key.id === 'string');
      }
    },
  ),
  decoder(
    'arguments that say what the emulator is to be',
    ['commands/emulatorArguments.ts'],
    nearValue({ services: ['mkio', 'ravnur'] }, ['ams']),
    (value) => {
      const kinds = servicesToEmulate(value);
      assert.ok(kinds.every((kind) => Object.hasOwn(emulatorAccountNames, kind)));
      assert.equal(new Set(kinds).size, kinds.length);
    },
    nothing,
  ),
  decoder(
    'arguments of a list',
    ['commands/listArguments.ts', 'commands/listJobs.ts'],
    nearValue({ account: 'Contoso', state: 'Error', top: 5 }),
    (value) => {
      const { query, top } = readListArguments(inputObject(value));
      soundValue(query);
      assert.ok(Number.isInteger(top) && top >= 1 && top <= 1_000);
    },
  ),
  decoder(
    'what a language model asks for',
    ['commands/toolInput.ts', 'commands/languageModelTools.ts'],
    nearValue({ account: 'Contoso', state: 'Error', name: 'x', top: 5, id }),
    (value) => {
      const input = inputObject(value);
      accountFromArguments(input, services);
      const { query, top } = readListInput(input);
      soundValue(query);
      assert.ok(Number.isInteger(top) && top >= 1 && top <= 100);
      assert.match(readJobInput(input, jobIdForms.guid), /^nb:jid:UUID:[0-9a-f-]{36}$/);
    },
  ),
  decoder(
    'the address of a job',
    ['commands/jobUri.ts'],
    nearText(`account=Contoso&id=${id}`, `id=${encodeURIComponent(id)}&account=Contoso`),
    (query) => {
      const key = readJobUri(
        { path: '/job', query, fragment: '' },
        ['Contoso', 'a=b&c'].map((name) => ({ name, form: jobIdForms.guid })),
      );
      assert.ok(
        key === null || (['Contoso', 'a=b&c'].includes(key.account) && /^nb:jid:UUID:[0-9a-f-]{36}$/.test(key.id)),
      );
    },
    nothing,
  ),
  decoder(
    'the address of a document',
    ['views/jobDocument.ts'],
    nearText(`account=Contoso&id=${encodeURIComponent(id)}`),
    (query) => {
      soundValue(readDocumentAddress({ scheme: 'media-services', path: '/x.job.json', query }));
      soundValue(readDocumentAddress({ scheme: query, path: query, query }));
    },
    nothing,
  ),
  decoder(
    'an id that was pasted',
    ['jobs/jobId.ts'],
    nearText(id, `"${id}"`, `https://h/api/Jobs('${encodeURIComponent(id)}')`, `$filter=Id eq '${id}'`),
    (text) => {
      const found = parseJobId(text);
      assert.ok(found === null || /^nb:jid:UUID:[0-9a-f-]{36}$/.test(found));
    },
    nothing,
  ),
  decoder(
    'ids in a text',
    ['jobs/jobIdsInText.ts'],
    nearText(`see ${id}, ${encodeURIComponent(id)}`, `\u001b[31m${id}\u001b[0m`, `${id}${id}`),
    (text) => {
      for (const { id: found, start, end } of jobIdsInText(text)) {
        assert.match(found, /^nb:jid:UUID:[0-9a-f-]{36}$/);
        assert.ok(start >= 0 && end <= text.length && end - start <= longestJobId);
        assert.equal(jobIdAt(text, start)?.id, found);
      }
    },
    nothing,
  ),
  decoder(
    'the record of a job in a document',
    ['views/recordText.ts'],
    nearJson({ job, tasks: [task] }),
    (raw) => {
      const { job: shown, tasks } = inputObject(raw) as { readonly job?: unknown; readonly tasks?: unknown };
      const text = recordText({ raw: { job: shown, tasks: Array.isArray(tasks) ? tasks : [] } }, english);
      assert.ok(text.length < 5_001_000 && text.isWellFormed());
    },
    nothing,
  ),
];

const quotas = documentedQuotas;
const emulatorAccount = {
  size: 1,
  assetCount: 1,
  nextJobId: id,
  findAsset: () => ({ hasPrimaryFile: true }),
} as unknown as Account;

const newTask = {
  Configuration: 'Adaptive Streaming',
  MediaProcessorId: 'nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56',
  TaskBody:
    '<?xml version="1.0" encoding="utf-8"?><taskBody><inputAsset>JobInputAsset(0)</inputAsset><outputAsset assetName="O">JobOutputAsset(0)</outputAsset></taskBody>',
};
const assetLink = `https://h/api/Assets('${encodeURIComponent(`nb:cid:UUID:${guid}`)}')`;
const newJobs = nearJsonText(
  { Name: 'N', Priority: 1, 'InputMediaAssets@odata.bind': [assetLink], Tasks: [newTask] },
  { Name: 'N', InputMediaAssets: { results: [{ __metadata: { uri: assetLink } }] }, Tasks: { results: [newTask] } },
);

const operated = {
  quotas: documentedQuotas,
  issueMkioToken: () => 'j',
  settings: new Settings({ realNow: () => now, clock: null, dialects: undefined, onChange: () => undefined }),
  simulation: {
    find: () => undefined,
    idEndingIn: () => undefined,
    add: () => id,
    advance: () => 'unknown',
    force: () => 'unknown',
    fail: () => false,
    cancel: () => false,
    advanceTo: () => undefined,
  },
} as unknown as Operated;

const emulatorState = {
  format: 1,
  instance: 'i',
  pid: 1,
  connection: {
    root: 'https://localhost:1/',
    endpoint: 'https://127.0.0.1:2/api/',
    authorityHost: 'https://localhost:3/',
    tenantId: 't',
    clientId: 'c',
    clientSecret: 's',
    acsTokenUrl: 'https://localhost:3/v2/OAuth2-13',
    accountName: 'n',
    accountKey: 'k',
    caFile: '/ca.pem',
    admin: 'https://localhost:3/admin/',
    adminToken: 'a',
    mkio: { endpoint: 'https://127.0.0.1:4/', project: 'n', subscription: 'n', token: 'j' },
    ravnur: {
      endpoint: 'https://127.0.0.1:5/',
      subscriptionId: 'u',
      resourceGroup: 'g',
      accountName: 'n',
      apiKey: 'k',
    },
  },
  ports: { root: 1, api: 2, authority: 3, mkio: 4, ravnur: 5 },
  dataDirectory: '/d',
  startedAt: now,
  simulation: { seed: 1, jobs: 2, speed: 1, reservedUnits: 3, arrivalsPerMinute: 0 },
  secrets: {
    tenantId: 't',
    clientId: 'c',
    clientSecret: 's',
    subscriptionId: 'u',
    accountName: 'n',
    accountKey: 'k',
    swtKey: 'w',
    jwtKey: { kty: 'RSA' },
    adminToken: 'a',
  },
  mutations: [
    { kind: 'cancel', at: 1, id },
    { kind: 'add', at: 2, job: { name: 'x', tasks: [{ name: 't' }] } },
  ],
  clock: null,
  dialects: { or: 'on' },
  aliveAt: now,
};

const ofEmulator: readonly Decoder[] = [
  decoder(
    'the line that an emulator prints',
    ['accounts/emulatorInfo.ts'],
    nearJsonText(emulatorState.connection),
    (line) => {
      const read = parseEmulatorLine(line);
      assert.ok(read === null || [read.root, read.caFile, read.adminToken].every((text) => typeof text === 'string'));
      const { mkio, ravnur } = read ?? {};
      assert.ok(!mkio || [mkio.endpoint, mkio.project, mkio.token].every((text) => typeof text === 'string'));
      assert.ok(!ravnur || [ravnur.endpoint, ravnur.apiKey].every((text) => typeof text === 'string'));
    },
    nothing,
  ),
  decoder(
    'the services that the emulator is wanted as',
    ['accounts/emulatorServices.ts'],
    nearJsonText(['ams', 'mkio', 'ravnur']),
    (text) => {
      const services = servicesIn(text);
      assert.ok(services.length > 0 && services.every((kind) => Object.hasOwn(emulatorAccountNames, kind)));
    },
    nothing,
  ),
  decoder(
    'the state of an emulator',
    ['emulator/stateFile.ts'],
    nearJsonText(emulatorState),
    (text) => {
      const state = parseState(text);
      if (state) {
        soundValue([state.ports, state.simulation, state.startedAt, state.aliveAt]);
        assert.ok(Object.values(state.simulation).every((number) => typeof number === 'number'));
        assert.ok(Object.values(state.ports).every((port) => Number.isInteger(port) && port >= 0 && port < 65_536));
        new Settings({
          realNow: () => now,
          clock: state.clock ?? null,
          dialects: undefined,
          onChange: () => undefined,
        });
      }
    },
    (error) => error instanceof SyntaxError,
  ),
  decoder(
    'what the admin interface is told',
    ['emulator/adminBody.ts', 'emulator/adminOperations.ts', 'emulator/dialects.ts'],
    fc.tuple(
      fc.constantFrom(...Object.keys(operations)),
      nearJsonText(
        { id, to: 'finished', code: 'c', message: 'm' },
        { path: '/x', count: 2, status: 500, delayMs: 5, drop: true },
        { time: '2026-01-01T00:00:00Z', speed: 2 },
        { aheadSeconds: 5 },
        { name: 'n', priority: 1, tasks: [{ name: 't', durationSeconds: 5 }, { after: 0 }] },
        { or: 'on', ne: false },
      ),
    ),
    ([name, text]) => {
      soundValue(operations[name]?.(parseBody(text), operated));
    },
    isEmulatorError,
  ),
  decoder(
    'a job to create',
    ['emulator/api/payload.ts', 'emulator/api/newJob.ts', 'emulator/api/newTasks.ts'],
    fc.tuple(newJobs, fc.boolean()),
    ([body, isVerbose]) => {
      const contentType = isVerbose ? 'application/json;odata=verbose' : 'application/json';
      const request = { contentType, body, accepted: isVerbose ? verboseJson : null, dialects: allOff, quotas };
      soundValue(readNewJob(request as unknown as ApiRequest, emulatorAccount));
    },
    isEmulatorError,
  ),
  decoder(
    'the body of a task',
    ['emulator/api/taskBodyParser.ts'],
    nearText(
      newTask.TaskBody,
      '<taskBody><!-- c --><inputAsset>JobInputAsset(0)</inputAsset> <outputAsset assetName="a&amp;b&#x41;">JobOutputAsset(0)</outputAsset></taskBody>',
    ),
    (text) => {
      soundValue(parseTaskBody(text));
    },
    isEmulatorError,
  ),
  decoder(
    'a filter',
    ['emulator/api/filterParser.ts'],
    nearText(
      "State eq 2 and (Name ne 'a''b' or not startswith(Name,'x'))",
      "Created ge datetime'2015-02-11T01:46:08' and substringof('a',tolower(Name))",
      '('.repeat(60),
    ),
    (text) => {
      soundValue(parseFilter(text, allOff));
      soundValue(parseFilter(text, allOn));
    },
    isEmulatorError,
  ),
  decoder(
    'a filter and an order of AMS v3',
    ['emulator/v3/filter.ts', 'emulator/v3/order.ts'],
    nearText(
      "properties/state eq Microsoft.Media.JobState'Finished' or (name ne 'a''b' and contains(name,'x'))",
      "properties/created ge 2026-01-01T00:00:00Z and properties/state eq 'Queued'",
      'name desc, properties/created',
      '('.repeat(60),
    ),
    (text) => {
      const fields: Fields<string> = new Map([
        ['name', { kind: 'text', operators: ['eq', 'ne'], canOrder: true, read: (row) => row }],
        ['properties/state', { kind: 'state', operators: ['eq'], canOrder: false, read: (row) => row }],
        ['properties/created', { kind: 'time', operators: ['ge'], canOrder: true, read: (row) => row.length }],
      ]);
      for (const states of ['plain', 'typed'] as const) {
        const isOpen = states === 'typed';
        const read = () => readFilter(text, fields, { or: isOpen, ne: isOpen, contains: isOpen, states })(text);
        assert.ok([true, false, 'refused'].includes(orRefused(read)));
      }
      assert.ok(['number', 'string'].includes(typeof orRefused(() => readOrder(text, fields)('a', 'b'))));
    },
    nothing,
  ),
  decoder(
    'a change to a job of AMS v3',
    ['emulator/v3/changes.ts', 'emulator/v3/priority.ts'],
    nearJsonText({
      properties: { priority: 'High', description: 'd', correlationData: { a: 'b' }, input: {}, outputs: [] },
    }),
    (text) => {
      const { priority, notes } = readPatch(text);
      assert.ok(priority === null || Number.isInteger(priority));
      assert.ok(typeof (notes?.description ?? '') === 'string');
      soundValue(notes);
    },
    isEmulatorError,
  ),
  decoder(
    'who has a lock',
    ['emulator/lock.ts'],
    nearJsonText({ pid: 1, token: 't' }),
    (text) => {
      const holder = holderIn(text);
      assert.ok(holder === null || (Number.isInteger(holder.pid) && holder.pid > 0));
    },
    (error) => error instanceof SyntaxError,
  ),
  decoder(
    'a command line',
    ['emulator/commandLine.ts'],
    fc.array(
      nearText(
        '--jobs',
        '20',
        '--port',
        '0',
        '--speed',
        '5',
        '--seed',
        '--state',
        'f',
        '--dialect',
        'or=on',
        '--help',
      ).map((text) => text.slice(0, 300)),
      { maxLength: 6 },
    ),
    (args) => {
      soundValue(parseCommandLine(args));
    },
    (error) => error instanceof UsageError,
  ),
];

/** All of them. A file in `src` that reads what comes from outside belongs to one, see the test of the sources. */
export const decoders: readonly Decoder[] = [
  ...ofClient,
  ...ofV3,
  ...ofStoredState,
  ...ofKeptLogins,
  ...ofSettings,
  ...ofCommands,
  ...ofEmulator,
];
