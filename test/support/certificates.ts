import { generate } from 'selfsigned';

/** A certificate authority of our own and a certificate for loopback that it signed, all in PEM. */
export interface LoopbackCertificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority of our own, in PEM. */
export interface TestAuthority {
  readonly cert: string;
  readonly key: string;
}

export interface LeafOptions {
  readonly from?: Date;
  readonly until?: Date;
  /** The one host that it is for, in place of all names of loopback. */
  readonly host?: string;
}

const common = { algorithm: 'sha256', keyType: 'ec', curve: 'P-256' } as const;

export async function makeAuthority(name = 'Media Services Jobs test authority'): Promise<TestAuthority> {
  const ca = await generate([{ name: 'commonName', value: name }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
    ],
  });
  return { cert: ca.cert, key: ca.private };
}

/** Makes a certificate for localhost, 127.0.0.1, 127.0.0.2 and ::1, unless told otherwise. */
export async function signLeaf(
  ca: TestAuthority,
  { from, until, host }: LeafOptions = {},
): Promise<LoopbackCertificates> {
  const leaf = await generate([{ name: 'commonName', value: host ?? 'localhost' }], {
    ...common,
    ...(from === undefined ? {} : { notBeforeDate: from }),
    ...(until === undefined ? {} : { notAfterDate: until }),
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames:
          host === undefined
            ? [
                { type: 2, value: 'localhost' },
                { type: 7, ip: '127.0.0.1' },
                { type: 7, ip: '127.0.0.2' },
                { type: 7, ip: '::1' },
              ]
            : [{ type: 2, value: host }],
      },
    ],
  });
  return { ca: ca.cert, cert: leaf.cert, key: leaf.private };
}

/** Makes certificates for localhost, 127.0.0.1, 127.0.0.2 and ::1. */
export async function makeCertificates(): Promise<LoopbackCertificates> {
  return await signLeaf(await makeAuthority());
}
