import type { IncomingMessage } from 'node:http';
import { readVersion, refusal } from './api/apiHandler.ts';
import { ODataError } from './api/errors.ts';
import { errorFormat } from './api/negotiate.ts';
import type { Reply } from './api/serviceHeaders.ts';
import type { Dialects } from './dialects.ts';
import type { TokenVerifier } from './tokens.ts';

/**
 * Answers at the global root: 301 to the account's API root, whatever the path, verb or body (MS docs "Connect to Media
 * Services": the client builds its own address there and sends everything again). Token and version are needed here too.
 */
export async function handleGlobalRoot(
  request: IncomingMessage,
  url: URL,
  {
    apiRoot,
    tokens,
    dialects,
  }: { readonly apiRoot: string; readonly tokens: TokenVerifier; readonly dialects: Dialects },
): Promise<Reply> {
  try {
    await tokens.check(request.headers.authorization);
    readVersion(request, url);
  } catch (error) {
    if (error instanceof ODataError) {
      return refusal(error, errorFormat(request.headers.accept), dialects);
    }
    throw error;
  }
  return {
    status: 301,
    contentType: 'text/html; charset=utf-8',
    extra: [['Location', apiRoot]],
    body: movedPage(apiRoot),
  };
}

/** ASP.NET's page, with the line breaks that make the recorded one's Content-Length right. */
function movedPage(location: string): string {
  return [
    '<html><head><title>Object moved</title></head><body>',
    `<h2>Object moved to <a href="${location}">here</a>.</h2>`,
    '</body></html>',
    '',
  ].join('\r\n');
}
