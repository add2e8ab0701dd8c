import { generateKeyPair, randomBytes, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type KeyPair, makeAuthorityCertificate, makeServerCertificate } from './x509.ts';

/** What a TLS server of the emulator needs, and what clients need to trust it. PEM texts. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
  /** The CA's certificate on disk. */
  readonly caFile: string;
}

const validForDays = 365;
const dayMs = 24 * 60 * 60 * 1000;
/** A kept certificate that ends sooner is not worth starting with. */
const renewBeforeDays = 7;

const makeKeys = (): Promise<KeyPair> => promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });

/**
 * The certificate in a directory, made new where there is none that will do: a CA of the emulator's own, whose key is
 * thrown away at once so that nothing else can ever be signed with it, and a leaf for these hosts. The directory is
 * created for its owner alone, the key file has mode 0600.
 */
export async function ensureCertificate(directory: string, hosts: readonly string[]): Promise<ServerCertificate> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const files = {
    ca: join(directory, 'ca.pem'),
    cert: join(directory, 'server.pem'),
    key: join(directory, 'server-key.pem'),
  };
  const kept = await readKept(files, hosts);
  if (kept) {
    await chmod(files.key, 0o600);
    return { ...kept, caFile: files.ca };
  }
  const made = await makeCertificate(hosts);
  await writeFile(files.key, made.key, { mode: 0o600 });
  // The mode above counts only for a new file.
  await chmod(files.key, 0o600);
  await writeFile(files.cert, made.cert);
  await writeFile(files.ca, made.ca);
  return { ...made, caFile: files.ca };
}

type Pems = Pick<ServerCertificate, 'ca' | 'cert' | 'key'>;

async function readKept(files: Record<keyof Pems, string>, hosts: readonly string[]): Promise<Pems | null> {
  try {
    const [ca, cert, key] = await Promise.all([files.ca, files.cert, files.key].map((file) => readFile(file, 'utf8')));
    if (ca === undefined || cert === undefined || key === undefined) {
      return null;
    }
    const leaf = new X509Certificate(cert);
    const isGood =
      leaf.verify(new X509Certificate(ca).publicKey) &&
      Date.parse(leaf.validTo) - Date.now() > renewBeforeDays * dayMs &&
      hosts.every((host) => (isIP(host) ? leaf.checkIP(host) : leaf.checkHost(host)) !== undefined);
    return isGood ? { ca, cert, key } : null;
  } catch {
    // Missing or damaged: either way a new one is the answer.
    return null;
  }
}

async function makeCertificate(hosts: readonly string[]): Promise<Pems> {
  const [caKeys, keys] = await Promise.all([makeKeys(), makeKeys()]);
  const validity = {
    // A little back, for clocks that are not quite together.
    notBefore: new Date(Date.now() - dayMs),
    notAfter: new Date(Date.now() + validForDays * dayMs),
  };
  // The name is the CA's own, so that trusting two emulators does not make one be taken for the other.
  const name = `Media Services Jobs emulator CA ${randomBytes(4).toString('hex')}`;
  return {
    ca: makeAuthorityCertificate({ name, keys: caKeys, ...validity }),
    cert: makeServerCertificate({ name: 'localhost', keys, hosts, ...validity }, { name, keys: caKeys }),
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
