/**
 * Addresses that a service, or whoever stands in its place, may name to get a token that is not theirs. None of them may
 * be followed by an account at `https://media.windows.net/` that has agreed to no other host. `{port}` is the port of a
 * listener on loopback, `{next}` another number each time. By the trick that each one tries.
 */
type Tricks = Readonly<Record<string, readonly string[]>>;

/** Tried as the `Location` of a redirect and as a next link alike. */
export const hostileAddresses = {
  'another host': [
    'https://evil.example/api/',
    'https://evil.example',
    'HTTPS://EVIL.EXAMPLE/API/',
    'https://evil.example/media.windows.net/api/',
    'https://evil.example/api/?media.windows.net',
  ],
  'a host that looks like it': [
    'https://media-windows.net/api/',
    'https://media.vvindows.net/api/',
    'https://mediawindows.net/api/',
    'https://contoso.restv2.westus.mediaxazure.net/api/',
    'https://contoso-restv2.westus.media.azure.net/api/',
    'https://con-toso.restv2.westus.media.azure.net/api/',
  ],
  'the right name with something behind it': [
    'https://media.windows.net.evil.example/api/',
    'https://media.windows.net-evil.example/api/',
    'https://media.windows.network/api/',
    'https://contoso.restv2.westus.media.azure.net.evil.example/api/',
  ],
  'the right name with something before it': [
    'https://evilmedia.windows.net/api/',
    'https://x.media.windows.net/api/',
    'https://.media.windows.net/api/',
    'https://a.contoso.restv2.westus.media.azure.net/api/',
    'https://contoso.restv2.west.us.media.azure.net/api/',
  ],
  'a user name that looks like a host': [
    'https://media.windows.net@evil.example/api/',
    'https://media.windows.net:443@evil.example/api/',
    'https://media.windows.net%2f@evil.example/api/',
    'https://media.windows.net:x@127.0.0.1:{port}/api/',
    'https://user@media.windows.net/api/',
    'https://user:password@media.windows.net/api/',
  ],
  'a host that ends where it does not seem to': [
    'https://evil.example\\@media.windows.net/api/',
    'https://evil.example#@media.windows.net/api/',
    'https://evil.example?@media.windows.net/api/',
    'https://evil.example;media.windows.net/api/',
    'https://media.windows.net%40evil.example/api/',
    'https://media.windows.net%00.evil.example/api/',
    'https://media.windows.net../api/',
  ],
  'without https': [
    'http://media.windows.net/api/',
    'http://media.windows.net:443/api/',
    'http://evil.example/api/',
    'http://127.0.0.1:{port}/api/',
    'http://[::1]:{port}/api/',
  ],
  'another scheme': [
    'ftp://media.windows.net/api/',
    'ws://media.windows.net/api/',
    'wss://media.windows.net/api/',
    'file:///etc/passwd',
    'javascript:fetch("https://evil.example/")',
    'data:application/json,{"value":[]}',
    'blob:https://media.windows.net/api/',
    'view-source:https://media.windows.net/api/',
    'ldap://media.windows.net/api/',
    'vscode://media.windows.net/api/',
  ],
  'an address by number': [
    'https://127.0.0.1:{port}/api/',
    'https://127.1:{port}/api/',
    'https://2130706433:{port}/api/',
    'https://0x7f000001:{port}/api/',
    'https://0177.0.0.1:{port}/api/',
    'https://0.0.0.0:{port}/api/',
    'https://169.254.169.254/metadata/instance/',
    'https://１２７.０.０.１:{port}/api/',
  ],
  'an IPv6 address': [
    'https://[::1]:{port}/api/',
    'https://[0:0:0:0:0:0:0:1]:{port}/api/',
    'https://[::ffff:127.0.0.1]:{port}/api/',
    'https://[::]:{port}/api/',
    'https://[fd00:ec2::254]/latest/',
    'https://[::1%25lo]:{port}/api/',
  ],
  'this machine by name': ['https://localhost:{port}/api/', 'https://localhost.:{port}/api/', 'https://LOCALHOST/api/'],
  'another port of the right host': [
    'https://media.windows.net:{port}/api/',
    'https://media.windows.net:80/api/',
    'https://media.windows.net:8443/api/',
    'https://contoso.restv2.westus.media.azure.net:8443/api/',
    'https://media.windows.net:99999/api/',
  ],
  'a path that is a host': [
    '//evil.example/api/',
    '///evil.example/api/',
    '\\\\evil.example/api/',
    '/\\evil.example/api/',
    '//media.windows.net@evil.example/api/',
    '//127.0.0.1:{port}/api/',
    '//media.windows.net:{port}/api/',
    'https:///evil.example/api/',
    'https:\\\\evil.example\\api\\',
  ],
  'letters that look like others': [
    'https://media.windоws.net/api/',
    'https://mediа.windows.net/api/',
    'https://media.xn--windws-zqf.net/api/',
    'https://media.windows.nеt/api/',
    'https://media.wındows.net/api/',
    'https://media.windows.net⁄.evil.example/api/',
    'https://media.windows.net。evil.example/api/',
    'https://contoso.restv2.westus.media.аzure.net/api/',
  ],
  'a name that anyone can register': [
    'https://wamsbayclus001rest-hs.cloudapp.net/api/',
    'https://media.cloudapp.azure.com/api/',
    'https://ams-usge-1-hos-rest-1-1.usgovcloudapp.net/API/',
    'https://mediaservices.azurewebsites.net/api/',
    'https://mediaservices.azurefd.net/api/',
    'https://mediaservices.trafficmanager.net/api/',
    'https://mediaservices.blob.core.windows.net/api/',
    'https://evil.windows.net/api/',
  ],
  'a host that only another account trusts': [
    'https://ams.fabrikam.example/api/',
    'https://eu.media.fabrikam.example/',
  ],
  'a header in the address': [
    'https://evil.example/%0d%0aAuthorization:%20Bearer',
    'https://media.windows.net%0d%0a.evil.example/api/',
    'https://media.windows.net%20.evil.example/api/',
  ],
} as const satisfies Tricks;

/** What only a header can be; a line break in one ends it, or continues it in the old way. */
export const hostileLocations = {
  'no address at all': ['', ' ', 'https://', 'http://', 'https://[', 'https://[::1', ':', 'https://:443/'],
  'a second header': [
    'https://evil.example/api/\r\nLocation: https://media.windows.net/elsewhere/',
    'https://media.windows.net/a/\r\nLocation: https://evil.example/api/',
    '//evil.example/\r\nSet-Cookie: x=1',
  ],
  'a folded header': ['https://media.windows.net\r\n .evil.example/api/', 'https:\r\n\t//evil.example/api/'],
  'a header that is cut': ['https://media.windows.net\0.evil.example/api/', 'https://evil.example/\u007f'],
  'a circle': ['/api/', './', '../api', '', '/api', 'https://media.windows.net/api/', '?', '#', '/api/Jobs()/..'],
  'a chain without an end': ['/{next}/', 'https://media.windows.net/{next}/api/'],
} as const satisfies Tricks;

/** What only JSON can carry: URL parsers take tabs and line breaks out, and spaces from the ends. */
export const hostileNextLinks = {
  'a host behind white space': [
    ' https://evil.example/api/Jobs()',
    '\t//evil.example/api/Jobs()',
    '\u0000//evil.example/',
  ],
  'a scheme in pieces': [
    'ht\ntps://evil.example/api/Jobs()',
    'https:/\t/evil.example/api/Jobs()',
    '/\r/evil.example/Jobs()',
  ],
  'a host in pieces': [
    'https://media.windows.net\n.evil.example/api/Jobs()',
    'https://media.windows.net\t@evil.example/',
  ],
  'a page of another host': [
    'https://evil.example/api/Jobs()?$skiptoken=https://media.windows.net/api/',
    'https://evil.example/api/../../media.windows.net/Jobs()',
  ],
} as const satisfies Tricks;

/** All addresses of some tricks with the port of the listener filled in, and with each the trick. */
export function addressesOf(tricks: Tricks, port: number): { readonly trick: string; readonly address: string }[] {
  return Object.entries(tricks).flatMap(([trick, addresses]) =>
    addresses.map((address) => ({ trick, address: address.replaceAll('{port}', String(port)) })),
  );
}
