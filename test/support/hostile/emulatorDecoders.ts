import assert from 'node:assert/strict';
import fc from 'fast-check';
import { emulatorAccountNames } from '../../../src/accounts/emulatorAccounts.ts';
import { parseEmulatorLine } from '../../../src/accounts/emulatorInfo.ts';
import { servicesIn } from '../../../src/accounts/emulatorServices.ts';
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
import { type Decoder, decoder, isEmulatorError, nothing, orRefused } from './decoder.ts';
import { guid, id, now } from './samples.ts';
import { soundValue } from './sound.ts';
import { nearJsonText, nearText } from './values.ts';

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

/** The decoders of the emulator, and of what it prints. */
export const ofEmulator: readonly Decoder[] = [
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
