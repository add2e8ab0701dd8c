import { createHash, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';
import {
  type Der,
  derBitString,
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
} from './der.ts';

/** An elliptic-curve key pair of node:crypto; certificates here are signed with ECDSA and SHA-256 alone. */
export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface CertificateOptions {
  /** The common name of whom the certificate is for. */
  readonly name: string;
  readonly keys: KeyPair;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Who signs leaf certificates. */
export interface Issuer {
  readonly name: string;
  readonly keys: KeyPair;
}

const oids = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

/** Positions in KeyUsage (RFC 5280, 4.2.1.3). */
const keyUsages = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 } as const;
/** Numbers of the choices in GeneralName (RFC 5280, 4.2.1.6). */
const generalNames = { dNSName: 2, iPAddress: 7 } as const;

/** Makes the certificate of an authority that signs leaves and no other authority. PEM. */
export function makeAuthorityCertificate(options: CertificateOptions): string {
  const keyId = keyIdOf(options.keys.publicKey);
  return signCertificate(options, options, [
    extension(oids.basicConstraints, derSequence(derBoolean(true), derInteger(Buffer.from([0]))), true),
    extension(oids.keyUsage, derFlags(keyUsages.keyCertSign, keyUsages.cRLSign), true),
    extension(oids.subjectKeyIdentifier, derOctetString(keyId)),
  ]);
}

/** Makes the certificate of a TLS server that has these names and addresses. PEM. */
export function makeServerCertificate(
  options: CertificateOptions & { readonly hosts: readonly string[] },
  issuer: Issuer,
): string {
  return signCertificate(options, issuer, [
    // That it is no authority is the default, which DER leaves away.
    extension(oids.basicConstraints, derSequence(), true),
    extension(oids.keyUsage, derFlags(keyUsages.digitalSignature), true),
    extension(oids.extKeyUsage, derSequence(derObjectIdentifier(oids.serverAuth))),
    extension(oids.subjectAltName, derSequence(...options.hosts.map(generalName))),
    extension(oids.subjectKeyIdentifier, derOctetString(keyIdOf(options.keys.publicKey))),
    extension(oids.authorityKeyIdentifier, derSequence(derImplicit(0, keyIdOf(issuer.keys.publicKey)))),
  ]);
}

/** RFC 5280, 4.1. */
function signCertificate(options: CertificateOptions, issuer: Issuer, extensions: readonly Der[]): string {
  const { name, keys, notBefore, notAfter } = options;
  const algorithm = derSequence(derObjectIdentifier(oids.ecdsaWithSha256));
  const toBeSigned = derSequence(
    // Version 3, which is the one with extensions.
    derExplicit(0, derInteger(Buffer.from([2]))),
    derInteger(randomBytes(16)),
    algorithm,
    distinguishedName(issuer.name),
    derSequence(derTime(notBefore), derTime(notAfter)),
    distinguishedName(name),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    derExplicit(3, derSequence(...extensions)),
  );
  const signature = sign('sha256', toBeSigned, issuer.keys.privateKey);
  return new X509Certificate(derSequence(toBeSigned, algorithm, derBitString(signature))).toString();
}

function distinguishedName(commonName: string): Der {
  return derSequence(derSet(derSequence(derObjectIdentifier(oids.commonName), derText(commonName))));
}

function extension(oid: string, value: Der, isCritical = false): Der {
  // As above, the default is left away.
  return derSequence(derObjectIdentifier(oid), ...(isCritical ? [derBoolean(true)] : []), derOctetString(value));
}

function generalName(host: string): Der {
  return isIP(host)
    ? derImplicit(generalNames.iPAddress, addressBytes(host))
    : derImplicit(generalNames.dNSName, Buffer.from(host, 'ascii'));
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) {
    return Buffer.from(address.split('.').map(Number));
  }
  // A URL writes every form of an address in the same one, without an IPv4 address at its end.
  const [start = '', end] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groupsOf = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [before, after] = [groupsOf(start), groupsOf(end ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** Tells keys apart; any value does that differs between keys (RFC 7093, 2, method 1). */
function keyIdOf(publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return createHash('sha256').update(point).digest().subarray(0, 20);
}
