import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import {
  derBoolean,
  derExplicit,
  derFlags,
  derImplicit,
  derInteger,
  derObjectIdentifier,
  derOctetString,
  derSequence,
  derSet,
  derText,
  derTime,
} from '../../../src/emulator/der.ts';
import { type KeyPair, makeAuthorityCertificate, makeServerCertificate } from '../../../src/emulator/x509.ts';
import { findOnPath } from '../../host/chromium.ts';

const run = promisify(execFile);
const makeKeys = (): KeyPair => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const caKeys = makeKeys();
const keys = makeKeys();
const caName = 'An authority für Tests';
const hosts = ['localhost', 'ams.example', '127.0.0.1', '::1', '2001:db8::ff00:42:8329', '1:2:3:4:5:6:7:8'];
const hour = 60 * 60_000;
const now = Math.floor(Date.now() / 1000) * 1000;
const validity = { notBefore: new Date(now - hour), notAfter: new Date(now + hour) };

const makeCa = (changes: { name?: string; notAfter?: Date; keys?: KeyPair } = {}): string =>
  makeAuthorityCertificate({ name: caName, keys: caKeys, ...validity, ...changes });
const makeLeaf = (changes: { notBefore?: Date; notAfter?: Date } = {}): string =>
  makeServerCertificate({ name: 'localhost', keys, hosts, ...validity, ...changes }, { name: caName, keys: caKeys });

describe('DER', () => {
  for (const [what, encoded, hex] of [
    ['a boolean', derBoolean(true), '0101ff'],
    ['zero', derInteger(Buffer.from([0])), '020100'],
    ['a number with zeros before it', derInteger(Buffer.from([0, 0, 1, 0])), '02020100'],
    ['a number whose highest bit is no sign', derInteger(Buffer.from([0x80])), '02020080'],
    ['flags', derFlags(5, 6), '03020106'],
    ['one flag', derFlags(0), '03020780'],
    // The example of X.690, 8.19.5, and one that openssl has encoded.
    ['an object identifier', derObjectIdentifier('2.999.3'), '0603883703'],
    ['a longer one', derObjectIdentifier('1.2.840.10045.4.3.2'), '06082a8648ce3d040302'],
    ['text', derText('é'), '0c02c3a9'],
    ['nothing', derSequence(), '3000'],
    ['a set', derSet(derBoolean(false)), '3103010100'],
    ['an implicit tag', derImplicit(2, Buffer.from('a')), '820161'],
    ['an explicit tag', derExplicit(3, derBoolean(true)), 'a3030101ff'],
    ['the last second of two digits', derTime(new Date('2049-12-31T23:59:59.999Z')), `170d${ascii('491231235959Z')}`],
    ['the first second of four digits', derTime(new Date('2050-01-01T00:00:00Z')), `180f${ascii('20500101000000Z')}`],
  ] as const) {
    it(`encodes ${what}`, () => assert.equal(encoded.toString('hex'), hex));
  }

  it('encodes lengths', () => {
    for (const [length, hex] of [
      [0, '0400'],
      [127, '047f'],
      [128, '048180'],
      [255, '0481ff'],
      [256, '04820100'],
      [65_536, '0483010000'],
    ] as const) {
      const encoded = derOctetString(Buffer.alloc(length));
      assert.equal(encoded.subarray(0, encoded.length - length).toString('hex'), hex);
    }
  });
});

describe('certificates', () => {
  it('of an authority say what it is', () => {
    const ca = new X509Certificate(makeCa());
    assert.equal(ca.ca, true);
    assert.equal(ca.subject, `CN=${caName}`);
    assert.equal(ca.issuer, ca.subject);
    assert.ok(ca.verify(caKeys.publicKey));
    assert.ok(!ca.verify(keys.publicKey));
    assert.equal(Date.parse(ca.validFrom), validity.notBefore.getTime());
    assert.equal(Date.parse(ca.validTo), validity.notAfter.getTime());
  });

  it('of a server hold its names and no other', () => {
    const leaf = new X509Certificate(makeLeaf());
    const ca = new X509Certificate(makeCa());
    assert.equal(leaf.ca, false);
    assert.equal(leaf.subject, 'CN=localhost');
    assert.ok(leaf.checkIssued(ca));
    assert.ok(leaf.verify(ca.publicKey));
    assert.ok(leaf.checkPrivateKey(keys.privateKey));
    assert.deepEqual(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1']);
    for (const host of ['localhost', 'ams.example']) {
      assert.equal(leaf.checkHost(host), host);
    }
    for (const address of ['127.0.0.1', '::1', '2001:db8::ff00:42:8329', '1:2:3:4:5:6:7:8']) {
      assert.equal(leaf.checkIP(address), address);
    }
    assert.equal(leaf.checkHost('media.windows.net'), undefined);
    assert.equal(leaf.checkIP('127.0.0.2'), undefined);
    assert.equal(leaf.checkIP('::2'), undefined);
  });

  it('have serial numbers of their own', () => {
    const serials = Array.from({ length: 50 }, () => new X509Certificate(makeLeaf()).serialNumber);
    assert.equal(new Set(serials).size, 50);
  });

  it('are as good beyond 2049', () => {
    const leaf = new X509Certificate(makeLeaf({ notAfter: new Date('2051-06-07T08:09:10Z') }));
    assert.equal(Date.parse(leaf.validTo), Date.parse('2051-06-07T08:09:10Z'));
    assert.ok(leaf.verify(caKeys.publicKey));
  });

  it('carry a TLS connection for who trusts the authority, under the names alone', async () => {
    const server = createServer({
      cert: makeLeaf(),
      key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    }).on('request', (_request, response) => response.end('hello'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const get = async (host: string, ca: string, servername?: string): Promise<number | undefined> => {
      const sent = request({ host, port, ca, agent: false, ...(servername === undefined ? {} : { servername }) }).end();
      const [response] = await once(sent, 'response');
      response.resume();
      return response.statusCode;
    };
    try {
      assert.equal(await get('127.0.0.1', makeCa()), 200);
      assert.equal(await get('127.0.0.1', makeCa(), 'ams.example'), 200);
      await assert.rejects(get('127.0.0.1', makeCa(), 'other.example'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
      await assert.rejects(get('127.0.0.1', makeCa({ keys: makeKeys() })), /certificate|issuer|signature/i);
      await assert.rejects(get('127.0.0.1', makeCa({ name: 'Another' })), /certificate|issuer/i);
    } finally {
      server.close();
    }
  });

  it('stand up to OpenSSL at its strictest', async (test) => {
    if ((await findOnPath('openssl')) === undefined) {
      test.skip('no openssl on PATH');
      return;
    }
    const folder = await mkdtemp(join(tmpdir(), 'x509-test-'));
    try {
      const file = (name: string): string => join(folder, name);
      await writeFile(file('ca.pem'), makeCa());
      await writeFile(file('leaf.pem'), makeLeaf());
      await writeFile(file('late.pem'), makeLeaf({ notAfter: new Date('2051-06-07T08:09:10Z') }));
      await writeFile(file('expired.pem'), makeLeaf({ notBefore: new Date(0), notAfter: new Date(now - hour) }));
      const verify = (leaf: string, ...args: string[]): Promise<{ stdout: string }> =>
        run('openssl', [
          ...['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', file('ca.pem')],
          ...[...args, file(leaf)],
        ]);
      for (const leaf of ['leaf.pem', 'late.pem']) {
        assert.match((await verify(leaf)).stdout, /: OK\s*$/);
      }
      assert.match((await verify('leaf.pem', '-verify_ip', '::1')).stdout, /: OK\s*$/);
      await assert.rejects(verify('leaf.pem', '-verify_ip', '10.0.0.1'), /IP address mismatch/);
      await assert.rejects(verify('expired.pem'), /certificate has expired/);
      const { stdout } = await run('openssl', ['x509', '-in', file('ca.pem'), '-noout', '-text']);
      assert.match(stdout, /Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
      assert.match(stdout, /Key Usage: critical\s+Certificate Sign, CRL Sign/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

function ascii(text: string): string {
  return Buffer.from(text, 'ascii').toString('hex');
}
