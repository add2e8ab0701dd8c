import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ClientCertificateCredential } from '@azure/identity';
import { ServiceError } from '../jobs/serviceError.ts';
import type { AccessToken } from './accessToken.ts';
import type { CertificateTokenRequest } from './entraRequest.ts';
import { requestObservedToken } from './observedToken.ts';

/** Signs in with a certificate at Entra ID. The file is read each time, so that a renewed certificate is taken up. */
export async function requestCertificateToken(
  request: CertificateTokenRequest,
  signal: AbortSignal,
): Promise<AccessToken> {
  const { tenantId, clientId, certificatePath } = request;
  const { certificate, key } = await readPem(certificatePath, request.passphrase);
  return requestObservedToken(
    request,
    [key, ...(request.passphrase === undefined ? [] : [request.passphrase])],
    (options) =>
      new ClientCertificateCredential(tenantId, clientId, { certificate: `${certificate}\n${key}` }, options),
    signal,
  );
}

/** @throws ServiceError with the sentence for what is wrong with the file; the credential's own says nothing. */
async function readPem(
  path: string,
  passphrase: string | undefined,
): Promise<{ readonly certificate: string; readonly key: string }> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new ServiceError(
      'configuration',
      isMissing ? `There is no certificate file: ${path}` : `The certificate file cannot be read: ${path}`,
      { cause: error },
    );
  }
  const certificate = /-----BEGIN CERTIFICATE-----.*-----END CERTIFICATE-----/s.exec(text)?.[0];
  const key = /-----BEGIN ((?:[A-Z]+ )*PRIVATE KEY)-----.*?-----END \1-----/s.exec(text)?.[0];
  if (certificate === undefined || key === undefined) {
    const what = certificate === undefined ? 'no certificate' : 'no private key';
    throw new ServiceError(
      'configuration',
      `The certificate file must hold the certificate and its private key in PEM. It holds ${what}: ${path}`,
    );
  }
  return { certificate, key: decrypt(key, passphrase, path) };
}

function decrypt(key: string, passphrase: string | undefined, path: string): string {
  const isEncrypted = key.includes('ENCRYPTED');
  if (isEncrypted && passphrase === undefined) {
    throw new ServiceError('secretMissing', `Sign in to enter the passphrase of the certificate's key: ${path}`);
  }
  try {
    const readable = createPrivateKey({ key, format: 'pem', ...(isEncrypted ? { passphrase } : {}) });
    return readable.export({ format: 'pem', type: 'pkcs8' }).toString();
  } catch {
    // Without the cause: what OpenSSL says helps nobody, and the key is not far from it.
    throw isEncrypted
      ? new ServiceError('signIn', `The passphrase does not open the certificate's key. Sign in to enter it: ${path}`)
      : new ServiceError('configuration', `The private key in the certificate file cannot be read: ${path}`);
  }
}
