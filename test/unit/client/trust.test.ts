import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeOrigin, isTrusted, parseTrustedHost, trustedHostEntry } from '../../../src/client/trust.ts';

const trusts = (url: string, endpoint: string, trustedHosts: readonly string[] = []): boolean =>
  isTrusted(new URL(url), { endpoint, trustedHosts });

describe('trust in a redirect', () => {
  const global = 'https://media.windows.net/';
  for (const url of [
    'https://media.windows.net/api/',
    'https://MEDIA.windows.net/api/',
    'https://media.windows.net./api/',
    'https://media.windows.net:443/api/',
    'https://media.chinacloudapi.cn/api/',
    'https://contoso.restv2.westus.media.azure.net/api/',
    'https://contoso.restv2.westcentralus-2.media.azure.net/api/',
    'https://contoso.restv2.chinaeast.media.chinacloudapi.cn/API/',
    'https://contoso.restv2.usgovvirginia.media.usgovcloudapi.net/api/',
    'https://contoso.restv2.germanycentral.media.cloudapi.de/api/',
  ]) {
    it(`takes ${url} without asking`, () => assert.equal(trusts(url, global), true));
  }

  for (const url of [
    'http://media.windows.net/api/',
    'ftp://media.windows.net/api/',
    'https://media.windows.net:8443/api/',
    'https://user@media.windows.net/api/',
    'https://user:pass@media.windows.net/api/',
    'https://media.windows.net@evil.example/api/',
    'https://media.windows.net.evil.example/',
    'https://evilmedia.windows.net/',
    'https://media.windows.net../',
    'https://x.media.windows.net/',
    'https://evil.example/media.windows.net',
    'https://evil.example\\@media.windows.net/',
    'https://media.azure.net/',
    'https://restv2.westus.media.azure.net/',
    'https://a.contoso.restv2.westus.media.azure.net/',
    'https://contoso.restv2.west.us.media.azure.net/',
    'https://con-toso.restv2.westus.media.azure.net/',
    'https://contoso.restv2.westus.media.azure.net.evil.example/',
    'https://contoso.restv2.westus.mediaxazure.net/',
    'https://media.windоws.net/',
    'https://wamsbayclus001rest-hs.cloudapp.net/api/',
    'https://ams-usge-1-hos-rest-1-1.usgovcloudapp.net/API/',
    'https://localhost/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://2130706433/',
    'https://0x7f.1/',
  ]) {
    it(`does not take ${url}`, () => assert.equal(trusts(url, global), false));
  }

  it("takes the endpoint's own origin, with its port", () => {
    assert.equal(trusts('https://ams.example:8443/x/', 'https://ams.example:8443/api/'), true);
    assert.equal(trusts('https://ams.example/x/', 'https://ams.example:8443/api/'), false);
    assert.equal(trusts('https://ams.example:8443/x/', 'https://ams.example/api/'), false);
    assert.equal(trusts('https://ams.example/x/', 'http://ams.example:443/api/'), false);
  });

  it('takes loopback from loopback, on any port and in any spelling, and nothing else from there', () => {
    const local = 'https://localhost:8443/';
    for (const host of [
      'localhost:1',
      '127.0.0.1:2',
      '127.255.0.9',
      '[::1]:3',
      '0x7f000001',
      '2130706433',
      '[0:0:0:0:0:0:0:1]',
    ]) {
      assert.equal(trusts(`https://${host}/`, local), true, host);
    }
    for (const host of [
      '128.0.0.1',
      '[::2]',
      '0.0.0.0',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '10.0.0.1',
    ]) {
      assert.equal(trusts(`https://${host}/`, local), false, host);
    }
    assert.equal(trusts('http://127.0.0.1/', local), false);
  });

  it('follows trustedHosts entry by entry', () => {
    const cluster = 'https://wamsbayclus001rest-hs.cloudapp.net/api/';
    assert.equal(trusts(cluster, global, ['wamsbayclus001rest-hs.cloudapp.net']), true);
    assert.equal(trusts(cluster, global, ['WAMSbayclus001rest-hs.cloudapp.net.']), true);
    assert.equal(trusts(cluster, global, ['*.cloudapp.net', 'cloudapp.net', '*', '', 'https://*']), false);
    assert.equal(trusts('https://x.example:8443/', global, ['x.example']), false);
    assert.equal(trusts('https://x.example:8443/', global, ['x.example:8443']), true);
    assert.equal(trusts('https://x.example/', global, ['x.example:443']), true);
    assert.equal(trusts('http://x.example/', global, ['x.example']), false);
    assert.equal(trusts('https://xn--mnchen-3ya.example/', global, ['münchen.example']), true);
    assert.equal(trusts('https://a.media.contoso.com/', global, ['*.media.contoso.com']), true);
    assert.equal(trusts('https://b.a.media.contoso.com/', global, ['*.media.contoso.com']), true);
    assert.equal(trusts('https://media.contoso.com/', global, ['*.media.contoso.com']), false);
    assert.equal(trusts('https://amedia.contoso.com/', global, ['*.media.contoso.com']), false);
    assert.equal(trusts('https://a.media.contoso.com:8443/', global, ['*.media.contoso.com']), false);
  });
});

describe('an entry of trustedHosts', () => {
  for (const entry of [
    '*.com',
    '*.contoso.com',
    '*.contoso.co.uk',
    '*.a.github.io',
    '*.a.b.cloudapp.net',
    '*.region.cloudapp.azure.com',
    '*.x.azurefd.net',
    '*.a.chinacloudapp.cn',
    '*.127.0.0.1',
    '*.a.b.example:8443',
    '*.*.a.b.example',
    'a.*.example',
    '*',
    '*.',
    '',
    ' ',
    'https://a.example',
    'a.example/',
    'user@a.example',
    'a.example?x',
    'a.example#x',
    'a b.example',
    'a.example:99999',
    'a..',
    '%61.example',
  ]) {
    it(`means nothing as ${JSON.stringify(entry)}`, () => assert.equal(parseTrustedHost(entry), null));
  }

  it('is understood as a host, a host with a port, or a domain', () => {
    assert.deepEqual(parseTrustedHost('A.example'), { kind: 'host', host: 'a.example', port: '' });
    assert.deepEqual(parseTrustedHost('[::1]:8443'), { kind: 'host', host: '[::1]', port: '8443' });
    assert.deepEqual(parseTrustedHost('*.media.contoso.co.uk'), { kind: 'below', domain: 'media.contoso.co.uk' });
  });

  it('can be made from an origin, and trusts just that', () => {
    assert.equal(trustedHostEntry('https://x.example'), 'x.example');
    assert.equal(trustedHostEntry('https://x.example:8443'), 'x.example:8443');
    assert.equal(trustedHostEntry('https://[::1]:8443'), '[::1]:8443');
  });
});

it('shows an origin in punycode', () => {
  assert.equal(describeOrigin(new URL('https://media.windоws.net/api/?x')), 'https://media.xn--windws-zqf.net');
  assert.equal(describeOrigin(new URL('https://user:pass@x.example:8443/')), 'https://x.example:8443');
  assert.equal(describeOrigin(new URL('http://x.example/')), 'http://x.example');
  assert.equal(describeOrigin(new URL('data:text/plain,x')), 'data:');
});

describe('trust of other kinds of service', () => {
  for (const [kind, endpoint] of [
    ['mkio', 'https://app.mk.io/'],
    ['ravnur', 'https://rms-1.azurefd.net/'],
  ] as const) {
    const takes = (url: string, trustedHosts: readonly string[] = [], own: string = endpoint): boolean =>
      isTrusted(new URL(url), { kind, endpoint: own, trustedHosts });

    it(`${kind} takes its endpoint's origin, and what a person has agreed to`, () => {
      assert.equal(takes(new URL('/api/v1/next?$skiptoken=1', endpoint).href), true);
      assert.equal(takes('https://other.example/'), false);
      assert.equal(takes('https://other.example/', ['other.example']), true);
      assert.equal(takes('https://deep.below.other.example/', ['*.below.other.example']), true);
    });

    it(`${kind} takes no other origin of the same service, nor Azure Media Services`, () => {
      for (const url of [
        `${endpoint.slice(0, -1)}:8443/`,
        endpoint.replace('https:', 'http:'),
        'https://api.mk.io/',
        'https://rms-2.azurefd.net/',
        'https://media.windows.net/api/',
        'https://contoso.restv2.westus.media.azure.net/api/',
        'https://127.0.0.1/',
      ]) {
        assert.equal(takes(url), false, url);
      }
    });

    it(`${kind} takes loopback where it is there itself, and only then`, () => {
      assert.equal(takes('https://127.0.0.1:2/', [], 'https://127.0.0.1:1/'), true);
      assert.equal(takes('https://127.0.0.1:2/', [], 'https://192.0.2.1/'), false);
      assert.equal(takes(endpoint, [], 'https://127.0.0.1:1/'), false);
    });
  }
});
