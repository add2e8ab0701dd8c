import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ensureCertificate } from '../../../src/emulator/certificate.ts';
import { startEmulator } from '../../../src/emulator/emulator.ts';
import { send } from '../../support/emulatorRequests.ts';

const hosts = ['localhost', '127.0.0.1', '::1'];

describe('the certificate', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'emulator-certificate-test-'));
  });
  after(() => rm(directory, { recursive: true }));

  it('is a leaf for the loopback names under a CA of its own', async () => {
    const made = await ensureCertificate(join(directory, 'leaf'), hosts);
    const leaf = new X509Certificate(made.cert);
    const ca = new X509Certificate(made.ca);
    assert.equal(ca.ca, true);
    assert.equal(leaf.ca, false);
    assert.ok(leaf.verify(ca.publicKey));
    assert.equal(leaf.checkHost('localhost'), 'localhost');
    assert.equal(leaf.checkIP('127.0.0.1'), '127.0.0.1');
    assert.ok(leaf.checkIP('::1'));
    assert.equal(leaf.checkHost('media.windows.net'), undefined);
  });

  it('keeps its key from others, and no key of the CA at all', async () => {
    const kept = join(directory, 'modes');
    await ensureCertificate(kept, hosts);
    assert.equal((await stat(kept)).mode & 0o777, 0o700);
    assert.equal((await stat(join(kept, 'server-key.pem'))).mode & 0o777, 0o600);
    assert.deepEqual((await readdir(kept)).sort(), ['ca.pem', 'server-key.pem', 'server.pem']);
  });

  it('is kept, and made anew where it is damaged or lacks a host', async () => {
    const kept = join(directory, 'kept');
    const first = await ensureCertificate(kept, hosts);
    assert.deepEqual(await ensureCertificate(kept, hosts), first);
    const wider = await ensureCertificate(kept, [...hosts, '127.0.0.2']);
    assert.notEqual(wider.cert, first.cert);
    assert.equal(new X509Certificate(wider.cert).checkIP('127.0.0.2'), '127.0.0.2');
    await writeFile(join(kept, 'server.pem'), 'not a certificate');
    const repaired = await ensureCertificate(kept, hosts);
    assert.ok(new X509Certificate(repaired.cert).verify(new X509Certificate(repaired.ca).publicKey));
  });

  it('opens every origin to who trusts the CA, and to no one else', async () => {
    const emulator = await startEmulator({ arrivalsPerMinute: 0, jobs: 0 });
    const other = await ensureCertificate(join(directory, 'other'), hosts);
    try {
      for (const origin of [emulator.root, emulator.endpoint, emulator.authorityHost]) {
        assert.ok((await send(origin, { ca: emulator.ca })).status > 0);
        await assert.rejects(send(origin, { ca: other.ca }), /certificate|issuer/i);
      }
    } finally {
      await emulator.close();
    }
    await assert.rejects(stat(emulator.caFile), /ENOENT/, 'a temporary certificate goes with its emulator');
  });

  it('crosses hosts where a test wants to', async () => {
    const emulator = await startEmulator({
      arrivalsPerMinute: 0,
      jobs: 0,
      hosts: { root: '127.0.0.1', api: 'localhost' },
    });
    try {
      assert.equal(new URL(emulator.root).hostname, '127.0.0.1');
      assert.equal(new URL(emulator.endpoint).hostname, 'localhost');
      assert.equal((await send(emulator.endpoint, { ca: emulator.ca })).status, 401);
    } finally {
      await emulator.close();
    }
  });
});
