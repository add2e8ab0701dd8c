import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseEmulatorLine } from '../../../src/accounts/emulatorInfo.ts';

const line = {
  root: 'https://127.0.0.1:1/',
  endpoint: 'https://127.0.0.1:2/api/',
  authorityHost: 'https://127.0.0.1:3/',
  tenantId: 't',
  clientId: 'c',
  clientSecret: 's',
  acsTokenUrl: 'https://127.0.0.1:3/v2/OAuth2-13',
  accountName: 'a',
  accountKey: 'k',
  caFile: '/tmp/ca.pem',
  admin: 'https://127.0.0.1:3/admin/',
  adminToken: 'x',
};

describe("the emulator's line", () => {
  test('is read as the contract describes it', () => {
    const read = parseEmulatorLine(JSON.stringify(line));
    assert.equal(read?.endpoint, line.endpoint);
    assert.equal(read?.caFile, line.caFile);
  });

  test('is read without the services that it does not have, or does not have whole', () => {
    const mkio = { endpoint: 'https://127.0.0.1:4/', project: 'p', subscription: 'p', token: 't' };
    const ravnur = {
      ...{ endpoint: 'https://127.0.0.1:5/', subscriptionId: 's', resourceGroup: 'r' },
      ...{ accountName: 'a', apiKey: 'k' },
    };
    const read = (more: object) => parseEmulatorLine(JSON.stringify({ ...line, ...more }));
    assert.deepEqual([read({ mkio, ravnur })?.mkio, read({ mkio, ravnur })?.ravnur], [mkio, ravnur]);
    for (const bad of [null, 'x', [], {}, { ...mkio, token: 7 }, { ...ravnur, apiKey: null }]) {
      const found = read({ mkio: bad, ravnur: bad });
      assert.equal(found?.endpoint, line.endpoint);
      assert.deepEqual([found.mkio, found.ravnur], [undefined, undefined], JSON.stringify(bad));
    }
  });

  const needed = Object.keys(line).filter((key) => key !== 'acsTokenUrl' && key !== 'accountKey');
  for (const key of needed) {
    test(`is none without ${key}, or with one that is no text`, () => {
      assert.equal(parseEmulatorLine(JSON.stringify({ ...line, [key]: undefined })), null);
      assert.equal(parseEmulatorLine(JSON.stringify({ ...line, [key]: 7 })), null);
      assert.equal(parseEmulatorLine(JSON.stringify({ ...line, [key]: null })), null);
    });
  }

  for (const text of [
    '',
    'null',
    '[]',
    '7',
    '"{"',
    '{',
    '{}',
    ` ${JSON.stringify(line)}`,
    `[${JSON.stringify(line)}]`,
  ]) {
    test(`is not ${text.slice(0, 12)}`, () => assert.equal(parseEmulatorLine(text), null));
  }
});
