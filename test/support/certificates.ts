import { generate } from 'selfsigned';

/** A certificate authority of our own and a certificate for loopback that it signed, all in PEM. */
export interface LoopbackCertificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes certificates for localhost, 127.0.0.1, 127.0.0.2 and ::1. */
export async function makeCertificates(): Promise<LoopbackCertificates> {
  const common = { algorithm: 'sha256', keyType: 'ec', curve: 'P-256' } as const;
  const ca = await generate([{ name: 'commonName', value: 'Media Services Jobs test authority' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...common,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '127.0.0.2' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { ca: ca.cert, cert: leaf.cert, key: leaf.private };
}
