import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

interface Page {
  readonly status: number;
  readonly html: string;
}

/**
 * What a browser does on a sign-in page that agrees at once: loads it, and posts the form in it to where it says.
 * @returns the page at the end, as a person sees it
 */
export async function browse(address: string, ca: string): Promise<Page> {
  const page = await load(address, ca);
  const action = /<form method="post" action="([^"]+)"/.exec(page.html)?.[1];
  if (action === undefined) {
    return page;
  }
  const fields = [...page.html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  const form = new URLSearchParams(
    fields.map(([, name = '', value = '']): [string, string] => [name, unescapeHtml(value)]),
  );
  return await load(unescapeHtml(action), ca, form);
}

/** Loads a page, or posts a form to it. */
export function load(address: string, ca: string, form?: URLSearchParams): Promise<Page> {
  const url = new URL(address);
  return new Promise((resolve, reject) => {
    const options = {
      method: form ? 'POST' : 'GET',
      headers: form ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {},
      // What is sent to loopback by one test must not be kept open into the next.
      agent: false as const,
    };
    const request =
      url.protocol === 'https:' ? httpsRequest(url, { ...options, ca }) : httpRequest(loopbackV4(url), options);
    request.on('error', reject);
    request.on('response', (response) => {
      let html = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        html += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, html }));
    });
    request.end(form?.toString());
  });
}

/** A browser tries both addresses of `localhost`; the redirect listens on this one. */
function loopbackV4(url: URL): URL {
  const result = new URL(url);
  if (result.hostname === 'localhost') {
    result.hostname = '127.0.0.1';
  }
  return result;
}

function unescapeHtml(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
