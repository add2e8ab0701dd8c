import { createHmac } from 'node:crypto';
import { isSameSecret } from './secrets.ts';

/** What ACS was asked for and its tokens are meant for. */
export const acsScope = 'urn:WindowsAzureMediaServices';

const signatureName = '&HMACSHA256=';

export interface SwtClaims {
  readonly accountName: string;
  readonly subscriptionId: string;
  readonly issuer: string;
  readonly expiresOnSeconds: number;
}

/**
 * Writes a Simple Web Token: URL-encoded `name=value` pairs in the recorded order, then the HMAC-SHA256 of all before
 * it.
 *
 * @param key base64
 */
export function createSwt({ accountName, subscriptionId, issuer, expiresOnSeconds }: SwtClaims, key: string): string {
  const claims: readonly (readonly [string, string])[] = [
    ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier', accountName],
    ['urn:SubscriptionId', subscriptionId],
    ['http://schemas.microsoft.com/accesscontrolservice/2010/07/claims/identityprovider', issuer],
    ['Audience', acsScope],
    ['ExpiresOn', String(expiresOnSeconds)],
    ['Issuer', issuer],
  ];
  const signed = claims.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  return `${signed}${signatureName}${encode(sign(signed, key))}`;
}

/** What is wrong with a token, null where it is good. */
export function verifySwt(
  token: string,
  { key, issuer, nowSeconds }: { readonly key: string; readonly issuer: string; readonly nowSeconds: number },
): string | null {
  const end = token.lastIndexOf(signatureName);
  const signed = token.slice(0, Math.max(0, end));
  const signature = token.slice(end + signatureName.length);
  if (end < 0 || !isSameSecret(signature, encode(sign(signed, key)))) {
    return "The token's signature is not valid.";
  }
  const claims = new URLSearchParams(signed);
  if (claims.get('Audience') !== acsScope || claims.get('Issuer') !== issuer) {
    return "The token's audience or issuer is not accepted.";
  }
  return Number(claims.get('ExpiresOn')) > nowSeconds ? null : 'The token is expired.';
}

function sign(text: string, key: string): string {
  return createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');
}

/** Lower-case escapes, as the recorded token has them. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (escaped) => escaped.toLowerCase());
}
