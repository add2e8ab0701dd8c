import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type RunningEmulator, startEmulator } from '../../../src/emulator/emulator.ts';
import { acsToken, type BareReply, documentedHeaders, send } from '../../support/emulatorRequests.ts';

const path = "api/Jobs()?$filter=Id%20eq%20'nb%3Ajid%3AUUID%3Af3c43f94-327f-2347-90bb-3bf79f8559f1'&$top=1";
const body =
  '{"odata.metadata":"https://media.windows.net/api/$metadata#Jobs","value":[{"Id":"nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1","Name":"Encoding BigBuckBunny into to H264 Adaptive Bitrate MP4 Set 720p","Created":"2015-02-11T01:46:08.897","LastModified":"2015-02-11T01:46:08.897","EndTime":null,"Priority":0,"RunningDuration":0.0,"StartTime":"2015-02-11T01:46:16.58","State":2,"TemplateId":null,"JobNotificationSubscriptions":[]}]}';
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('the documented exchange', () => {
  let now = Date.parse('2026-03-01T12:00:00Z');
  let emulator: RunningEmulator;
  let token: string;

  before(async () => {
    emulator = await startEmulator({ now: () => now, arrivalsPerMinute: 0 });
    token = await acsToken(emulator);
  });
  after(() => emulator.close());

  function ask(root: string, headers: Record<string, string> = {}): Promise<BareReply> {
    return send(`${root}${path}`, { ca: emulator.ca, headers: { ...documentedHeaders(token), ...headers } });
  }

  function expectedBody(): Buffer {
    return Buffer.from(body.replace('media.windows.net', new URL(emulator.endpoint).host));
  }

  it('is redirected by the global root to the API root, for a deeper path too', async () => {
    const reply = await ask(emulator.root);
    assert.equal(reply.status, 301);
    assert.equal(reply.statusText, 'Moved Permanently');
    assert.equal(reply.headers['location'], emulator.endpoint);
    assert.notEqual(new URL(emulator.endpoint).host, new URL(emulator.root).host);
    const href = `<a href="${emulator.endpoint}">here</a>`;
    assert.match(reply.text, /^<html><head><title>Object moved<\/title><\/head><body>\r\n<h2>Object moved to /);
    assert.ok(reply.text.includes(href));
    const recorded = { location: 'https://wamsbayclus001rest-hs.cloudapp.net/api/', contentLength: 164 };
    const difference = emulator.endpoint.length - recorded.location.length;
    assert.equal(reply.body.length, recorded.contentLength + difference);
    assert.equal(reply.headers['content-length'], String(reply.body.length));
  });

  it('answers 200 at the redirected address, byte for byte', async () => {
    const moved = await ask(emulator.root);
    const reply = await ask(String(moved.headers['location']).replace(/api\/$/, ''));
    assert.equal(reply.status, 200);
    assert.equal(reply.statusText, 'OK');
    assert.deepEqual(reply.body, expectedBody());
  });

  it('has the documented headers in the documented order', async () => {
    const clientRequestId = 'd9b83c57-e26c-4d10-a20b-2be634c4b6a8';
    const reply = await ask(emulator.endpoint.replace(/api\/$/, ''), { 'x-ms-client-request-id': clientRequestId });
    const { headers } = reply;
    assert.deepEqual(reply.headerNames.slice(0, 11), [
      'Cache-Control',
      'Content-Length',
      'Content-Type',
      'Server',
      'x-ms-client-request-id',
      'request-id',
      'x-ms-request-id',
      'X-Content-Type-Options',
      'DataServiceVersion',
      'Strict-Transport-Security',
      'Date',
    ]);
    assert.equal(headers['cache-control'], 'no-cache');
    assert.equal(headers['content-length'], String(expectedBody().length));
    assert.equal(headers['content-type'], 'application/json;odata=minimalmetadata;streaming=true;charset=utf-8');
    assert.equal(headers['server'], 'Microsoft-IIS/8.5');
    assert.equal(headers['x-ms-client-request-id'], clientRequestId);
    assert.match(String(headers['request-id']), guid);
    assert.equal(headers['x-ms-request-id'], headers['request-id']);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['dataserviceversion'], '3.0;');
    assert.equal(headers['strict-transport-security'], 'max-age=31536000; includeSubDomains');
    assert.equal(headers['date'], 'Sun, 01 Mar 2026 12:00:00 GMT');
  });

  it('makes a client request id where none was sent, a new one each time', async () => {
    const first = await ask(emulator.root);
    const second = await ask(emulator.root);
    assert.match(String(first.headers['x-ms-client-request-id']), guid);
    assert.notEqual(first.headers['x-ms-client-request-id'], second.headers['x-ms-client-request-id']);
    assert.notEqual(first.headers['request-id'], second.headers['request-id']);
  });

  it('may carry the Host of the documented request', async () => {
    const api = emulator.endpoint.replace(/api\/$/, '');
    const headers = { ...documentedHeaders(token), Host: 'media.windows.net' };
    const options = { ca: emulator.ca, headers, serverName: 'localhost' };
    assert.equal((await send(`${emulator.root}${path}`, options)).status, 301);
    assert.deepEqual((await send(`${api}${path}`, options)).body, expectedBody());
  });

  it('finds the same job at the same point years later, and cannot cancel it', async () => {
    const api = emulator.endpoint.replace(/api\/$/, '');
    now += 3 * 365 * 24 * 60 * 60 * 1000;
    token = await acsToken(emulator);
    const canceled = await send(
      `${emulator.endpoint}CancelJob?jobid='nb%3ajid%3aUUID%3af3c43f94-327f-2347-90bb-3bf79f8559f1'`,
      { ca: emulator.ca, headers: documentedHeaders(token) },
    );
    assert.equal(canceled.status, 400);
    assert.deepEqual((await ask(api)).body, expectedBody());
  });
});
