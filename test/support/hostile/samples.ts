import fc from 'fast-check';
import type { AmsAccount } from '../../../src/client/account.ts';
import { FakeClock } from '../fakeClock.ts';
import { nearJsonText, nearText } from './values.ts';

/** When the decoders are tried. */
export const now = Date.parse('2026-01-02T00:00:00Z');
export const clock = new FakeClock(now);
export const guid = 'f3c43f94-327f-2347-90bb-3bf79f8559f1';
export const id = `nb:jid:UUID:${guid}`;

/** A task and its job as Azure Media Services v2 writes them. */
export const task = {
  Id: `nb:tid:UUID:${guid}`,
  Name: 'Encode',
  State: 2,
  Progress: 42.5,
  StartTime: '2015-02-11T01:46:08.897Z',
  EndTime: null,
  RunningDuration: 1_500,
  ErrorDetails: [{ Code: 'ErrorProcessingTask', Message: 'It failed' }],
  HistoricalEvents: [{ Code: 'TaskScheduled', Message: '', TimeStamp: '2015-02-11T01:46:08' }],
};
export const job = {
  'odata.metadata': 'https://h/api/$metadata#Jobs/@Element',
  Id: id,
  Name: 'NewTestJob',
  State: 3,
  Created: '2015-02-11T01:46:08.897',
  LastModified: '2015-02-11T01:46:08.8970000Z',
  StartTime: '/Date(1587084991763)/',
  EndTime: '2015-02-11T01:46:08+01:00',
  Priority: '10',
  RunningDuration: 62_000,
};

export const account: AmsAccount = {
  name: 'Contoso',
  kind: 'ams',
  endpoint: 'https://contoso.restv2.westeurope.media.azure.net/api/',
  authentication: { method: 'acs', accountName: 'contoso', acsTokenUrl: undefined },
  trustedHosts: ['other.example.com'],
};

export const noCache = { load: () => undefined, save: () => undefined };

/** Bodies of refusals, of services, authorities and gateways. */
export const errorBodies = fc.oneof(
  nearJsonText(
    { 'odata.error': { code: '', message: { lang: 'en-US', value: 'Refused' } } },
    { error: { code: '', message: { lang: 'en-US', value: 'Refused' } } },
    {
      error: 'invalid_client',
      error_description: 'AADSTS7000215: Invalid client secret.\r\nTrace',
      error_codes: [7000215],
    },
  ),
  nearText(
    '<?xml version="1.0"?><m:error xmlns:m="x"><m:code/><m:message xml:lang="en-US">Refused &amp; gone</m:message></m:error>',
    '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>x</body></html>',
    'Plain text',
  ),
);
