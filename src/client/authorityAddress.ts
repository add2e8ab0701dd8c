import { ServiceError } from '../jobs/serviceError.ts';
import { isKnownAuthority } from './clouds.ts';
import { plainLine } from './redact.ts';

/** A region's own token service, which `AZURE_REGIONAL_AUTHORITY_NAME` makes the Azure SDK ask (MSAL's constants). */
const regional = /^[a-z0-9-]+\.login\.microsoft\.com$/;

/**
 * What a sign-in asks must be its authority: the authority's own configuration names the addresses, and must not send a
 * secret or a login elsewhere. Microsoft's own authorities name each other.
 * @throws ServiceError `badReply` for an address that belongs to somebody else
 */
export function requireAuthority(url: URL, authority: URL): void {
  const { protocol, hostname } = url;
  const isMicrosoft =
    protocol === 'https:' &&
    isKnownAuthority(authority.hostname) &&
    (isKnownAuthority(hostname) || regional.test(hostname));
  if (url.origin !== authority.origin && !isMicrosoft) {
    throw new ServiceError('badReply', `The sign-in service points to another host: ${plainLine(url.host)}`);
  }
}
