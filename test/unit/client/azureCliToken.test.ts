import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { AmsAuthentication } from '../../../src/client/account.ts';
import { type RunningEmulator, startEmulator } from '../../../src/emulator/emulator.ts';
import { entraToken } from '../../support/emulatorRequests.ts';
import { type Fixture, failure, jobId, makeClient } from './clientFixture.ts';

const isWindows = process.platform === 'win32';

describe('signing in with the Azure CLI', { skip: isWindows && 'the stand-in for az is a shell script' }, () => {
  let emulator: RunningEmulator;
  let folder: string;
  const path = process.env['PATH'] ?? '';

  before(async () => {
    emulator = await startEmulator({ arrivalsPerMinute: 0 });
  });
  after(() => emulator.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'az-'));
    process.env['PATH'] = `${folder}${delimiter}${path}`;
  });
  afterEach(async () => {
    process.env['PATH'] = path;
    await rm(folder, { recursive: true });
  });

  /** Puts an `az` on PATH that notes how it was called and then does what it is told. */
  const installAz = async (script: string): Promise<void> => {
    const file = join(folder, 'az');
    await writeFile(file, `#!/bin/sh\nprintf '%s\\n' "$@" > '${folder}/called'\n${script}\n`);
    await chmod(file, 0o755);
  };
  const says = (answer: object): string => `cat <<'END'\n${JSON.stringify(answer)}\nEND`;
  const connect = (changes: object = {}): Promise<Fixture> =>
    makeClient({
      endpoint: emulator.root,
      authentication: { method: 'azureCli', ...changes } as AmsAuthentication,
      ca: emulator.ca,
    });
  const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600;

  it('takes the token of az for the resource of the cloud', async () => {
    await installAz(says({ accessToken: await entraToken(emulator), expires_on: inAnHour(), tokenType: 'Bearer' }));
    const fixture = await connect({ tenantId: 'contoso.example' });
    assert.equal((await fixture.client.testConnection(() => undefined)).endpoint, emulator.endpoint);
    assert.equal(fixture.identity, emulator.clientId);
    const called = (await readFile(join(folder, 'called'), 'utf8')).trim().split('\n');
    assert.deepEqual(called.slice(0, 2), ['account', 'get-access-token']);
    assert.equal(called[called.indexOf('--resource') + 1], 'https://rest.media.azure.net');
    assert.equal(called[called.indexOf('--tenant') + 1], 'contoso.example');
    assert.doesNotMatch(JSON.stringify(fixture.exchanges), /eyJ[\w-]{10}/);
    fixture.client.dispose();
  });

  it('explains that az is not on the PATH that VS Code has', async () => {
    process.env['PATH'] = folder;
    const fixture = await connect();
    const error = await failure(fixture.client.getJob(jobId), 'configuration');
    assert.match(error.message, /az.*not found.*PATH.*Dock/);
    fixture.client.dispose();
  });

  it('says how to log in where nobody is, in the tenant of the account', async () => {
    await installAz(`echo "ERROR: Please run 'az login' to setup account." >&2; exit 1`);
    const fixture = await connect();
    assert.match((await failure(fixture.client.getJob(jobId), 'signIn')).message, /Run "az login" in a terminal/);
    fixture.client.dispose();
    const elsewhere = await connect({ tenantId: 'contoso.example' });
    assert.match(
      (await failure(elsewhere.client.getJob(jobId), 'signIn')).message,
      /Run "az login --tenant contoso\.example"/,
    );
    elsewhere.client.dispose();
  });

  it('explains what Entra ID told az', async () => {
    await installAz(`echo 'ERROR: AADSTS700082: The refresh token has expired due to inactivity.' >&2; exit 1`);
    const fixture = await connect();
    const error = await failure(fixture.client.getJob(jobId), 'signIn');
    assert.match(error.message, /login has expired.*AADSTS700082.*az login/);
    fixture.client.dispose();
  });

  it('repeats nothing of an answer that it cannot read', async () => {
    await installAz(`echo 'planted-token is not JSON'`);
    const fixture = await connect();
    const error = await failure(fixture.client.getJob(jobId));
    assert.doesNotMatch(error.message, /planted/);
    fixture.client.dispose();
  });
});
