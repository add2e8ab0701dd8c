import { ServiceError } from '../../jobs/serviceError.ts';
import type { Endpoint } from '../endpoint.ts';
import type { HttpReply } from '../httpSender.ts';
import { ownProperty, parseJson, readText } from '../odata.ts';
import { endlessList, mostPages } from '../pages.ts';
import type { Transport } from '../transport.ts';

/** One page of a list. */
export interface RecordPage {
  readonly rows: readonly unknown[];
  /** Where the service says that the list goes on, as a resource to ask for; `null` at the end. */
  readonly next: string | URL | null;
  /** How many rows all pages have together; `null` where the service does not say. */
  readonly total: number | null;
}

/** Reads the lists of the REST API page by page: `value`, and `@odata.nextLink` until it is absent. */
export class RecordLists {
  readonly #transport: Transport;
  readonly #endpoint: Endpoint;

  constructor(transport: Transport, endpoint: Endpoint) {
    this.#transport = transport;
    this.#endpoint = endpoint;
  }

  /** @returns `null` where the API says that there is no such list */
  async page(resource: string | URL, signal: AbortSignal | undefined): Promise<RecordPage | null> {
    const request = { resource, accept: 'json', repeatable: true, jobId: null, mayBeMissing: true } as const;
    const reply = await this.#transport.request(request, signal);
    if (reply.status === 404) {
      return null;
    }
    const document = parseJson(reply.body);
    const rows = Array.isArray(document) ? document : ownProperty(document, 'value');
    if (!Array.isArray(rows)) {
      throw new ServiceError('badReply', 'The service did not answer with a list.');
    }
    const link = readText(ownProperty(document, '@odata.nextLink'));
    const total = ownProperty(ownProperty(ownProperty(document, 'supplemental'), 'pagination'), 'total');
    return {
      rows,
      next: link === null || link === '' ? null : this.#resolve(link, reply),
      total: typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? total : null,
    };
  }

  /** All rows of a list, or `null` as above. */
  async all(resource: string, signal: AbortSignal | undefined): Promise<readonly unknown[] | null> {
    const rows: unknown[] = [];
    const asked = new Set<string>();
    for (let next: string | URL | null = resource; next !== null; ) {
      if (asked.has(String(next)) || asked.size === mostPages) {
        throw endlessList();
      }
      asked.add(String(next));
      const page: RecordPage | null = await this.page(next, signal);
      if (page === null) {
        return asked.size === 1 ? null : rows;
      }
      rows.push(...page.rows);
      next = page.next;
    }
    return rows;
  }

  /**
   * A next link as a resource to ask for: an address, a path at the same host, or one of the two percent-encoded as a
   * whole (MK.IO's .NET SDK decodes it and puts the host before it).
   * @throws ServiceError `untrustedRedirect` for a link to an origin that the account does not trust.
   */
  #resolve(link: string, reply: HttpReply): string | URL {
    const url = this.#endpoint.nextPage(decodeWhole(link), reply.url);
    const root = this.#endpoint.root.href;
    return url.href.startsWith(root) ? url.href.slice(root.length) : url;
  }
}

/** Once and no more: what is encoded in its query has to stay so. */
function decodeWhole(link: string): string {
  if (!/^(?:%2F|https?%3A)/i.test(link)) {
    return link;
  }
  try {
    return decodeURIComponent(link);
  } catch {
    return link;
  }
}
