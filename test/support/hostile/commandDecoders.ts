import assert from 'node:assert/strict';
import { readAccountSettings } from '../../../src/accounts/accountSettings.ts';
import { emulatorAccountNames } from '../../../src/accounts/emulatorAccounts.ts';
import { amsCapabilities } from '../../../src/client/ams/amsCapabilities.ts';
import { Endpoint } from '../../../src/client/endpoint.ts';
import { draftOf, entryOf, readCredentials } from '../../../src/commands/accountForm.ts';
import { servicesToEmulate } from '../../../src/commands/emulatorArguments.ts';
import {
  accountFromArguments,
  isJobArguments,
  jobFromArguments,
  jobsFromArguments,
} from '../../../src/commands/jobArguments.ts';
import { readJobUri } from '../../../src/commands/jobUri.ts';
import { readListArguments } from '../../../src/commands/listArguments.ts';
import type { Services } from '../../../src/commands/services.ts';
import { inputObject, readJobInput, readListInput } from '../../../src/commands/toolInput.ts';
import { parseJobId } from '../../../src/jobs/jobId.ts';
import { jobIdForms } from '../../../src/jobs/jobIdForms.ts';
import { jobIdAt, jobIdsInText, longestJobId } from '../../../src/jobs/jobIdsInText.ts';
import { readDocumentAddress } from '../../../src/views/jobDocument.ts';
import { recordText } from '../../../src/views/recordText.ts';
import { english } from '../localizer.ts';
import { type Decoder, decoder, nothing } from './decoder.ts';
import { id, job, noCache, task } from './samples.ts';
import { soundValue } from './sound.ts';
import { nearJson, nearJsonText, nearText, nearValue } from './values.ts';

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

/** The decoders of settings, arguments, addresses and texts that a person or a tool hands over. */
export const ofCommands: readonly Decoder[] = [
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
