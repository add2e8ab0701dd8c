import { createHash, X509Certificate } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';

/** The value of `client_assertion_type` for a JWT that a certificate's key has signed (RFC 7523). */
export const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * Whether a client assertion was signed by the key of a registered certificate, for this client and this token
 * endpoint. The certificate is found by the thumbprint in the header: `x5t` (SHA-1) or `x5t#S256`.
 * @param certificates in PEM; what follows the first certificate of each, a key for example, is not read
 * @param now Unix milliseconds
 */
export async function isGoodAssertion(
  assertion: string,
  certificates: readonly string[],
  expected: { readonly clientId: string; readonly audiences: readonly string[]; readonly now: number },
): Promise<boolean> {
  try {
    const header = decodeProtectedHeader(assertion);
    const certificate = certificates
      .map((pem) => new X509Certificate(pem))
      .find(
        ({ raw }) =>
          header['x5t#S256'] === createHash('sha256').update(raw).digest('base64url') ||
          header.x5t === createHash('sha1').update(raw).digest('base64url'),
      );
    if (!certificate) {
      return false;
    }
    await jwtVerify(assertion, certificate.publicKey, {
      algorithms: ['RS256', 'PS256'],
      issuer: expected.clientId,
      subject: expected.clientId,
      audience: [...expected.audiences],
      requiredClaims: ['exp', 'jti'],
      // As Entra, which takes clocks that are up to five minutes off; MSAL rounds its own to the next second.
      clockTolerance: 300,
      currentDate: new Date(expected.now),
    });
    return true;
  } catch {
    return false;
  }
}
