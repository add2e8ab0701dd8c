import assert from 'node:assert/strict';
import { readCapabilities } from '../../../src/client/capability.ts';
import { Endpoint } from '../../../src/client/endpoint.ts';
import { errorOfReply, parseRetryAfter } from '../../../src/client/errorReply.ts';
import { messageOf } from '../../../src/client/replyMessage.ts';
import { isTrusted, parseTrustedHost } from '../../../src/client/trust.ts';
import { type Decoder, decoder, nothing, replies, replyOf } from './decoder.ts';
import { account, clock, errorBodies, noCache, now } from './samples.ts';
import { soundValue } from './sound.ts';
import { nearJsonText, nearText } from './values.ts';

/** The decoders of what every service answers, and of where it is. */
export const ofConnection: readonly Decoder[] = [
  decoder(
    'an answer that says why not',
    ['client/errorReply.ts', 'client/replyMessage.ts', 'client/redact.ts'],
    replies(errorBodies),
    (reply) => {
      assert.ok(messageOf(reply.body, reply.headers['content-type'] ?? null, ['secret-x']).length <= 500);
      const wait = parseRetryAfter(reply.headers['retry-after'] ?? null, reply.headers['date'] ?? null, now);
      assert.ok(wait === null || (Number.isFinite(wait) && wait >= 0));
      throw errorOfReply(replyOf(reply), clock, ['secret-x', '\ud800half']);
    },
  ),
  decoder(
    'what is kept of an endpoint',
    ['client/endpoint.ts', 'client/capability.ts'],
    nearJsonText({ configured: account.endpoint, root: 'https://other.example.com/api/', lacking: ['or', 'ne'] }),
    (text) => {
      const endpoint = new Endpoint(account, { load: () => text, save: () => undefined });
      assert.ok(isTrusted(endpoint.root, account) && endpoint.root.pathname.endsWith('/'));
      soundValue(readCapabilities([...endpoint.lacking]));
    },
    nothing,
  ),
  decoder(
    'where a redirect leads',
    ['client/endpoint.ts', 'client/trust.ts'],
    nearText('https://other.example.com/api/', '/api/', 'https://contoso.restv2.westeurope.media.azure.net/a//'),
    (location) => {
      const endpoint = new Endpoint(account, noCache);
      assert.ok(isTrusted(endpoint.redirectTarget(location, endpoint.root), account));
    },
  ),
  decoder(
    'a host to trust',
    ['client/trust.ts'],
    nearText('h.example.com:8443', '*.media.example.com', 'xn--bcher-kva.example', '[::1]:1'),
    (entry) => {
      const trusted = parseTrustedHost(entry);
      soundValue(trusted);
      isTrusted(new URL('https://h.example.com:8443/'), { endpoint: entry, trustedHosts: [entry] });
    },
    nothing,
  ),
];
