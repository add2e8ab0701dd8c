import type { Exchange } from '../jobs/exchange.ts';
import { formatUtcTime } from './format.ts';
import type { Localizer } from './localize.ts';
import { plainLine } from './text.ts';

/**
 * An exchange as the documentation shows one ("How to check job progress using REST API"): the request line with the whole
 * address, headers, an empty line, the body; the same of the response. Bodies are left as they came.
 */
export function exchangeText(exchange: Exchange, l10n: Localizer): string {
  const { request, response, error, sentAt, durationMs } = exchange;
  const took = Math.round(durationMs);
  const sent = [
    l10n.t('Request ({0})', formatUtcTime(sentAt)),
    '',
    `${request.method} ${documentedUrl(request.url)} HTTP/1.1`,
    ...headerLines(request.headers),
    ...(request.body === '' ? [] : ['', request.body]),
  ];
  const came = response
    ? [
        l10n.t('Response (after {0} ms)', took),
        '',
        `HTTP/1.1 ${response.status} ${plainLine(response.statusText)}`.trimEnd(),
        ...headerLines(response.headers),
        ...(response.body === '' ? [] : ['', response.body]),
        ...(error === null ? [] : ['', l10n.t('This response could not be used. {0}', plainLine(error))]),
      ]
    : [l10n.t('No response (after {0} ms)', took), '', plainLine(error ?? '')];
  return `${[...sent, '', '', ...came].join('\n')}\n`;
}

/** `URL` writes a quote in a query as `%27`, which is the same address; the documentation has the quote. */
function documentedUrl(url: string): string {
  const start = url.indexOf('?');
  return start < 0 ? url : url.slice(0, start) + url.slice(start).replaceAll('%27', "'");
}

function headerLines(headers: Exchange['request']['headers']): string[] {
  return headers.map(([name, value]) => `${name}: ${plainLine(value)}`);
}
