import type { Endpoint } from '../endpoint.ts';
import type { HttpReply } from '../httpSender.ts';
import { parseJson, readCollection } from '../odata.ts';
import { endlessList, mostPages } from '../pages.ts';
import type { Transport } from '../transport.ts';
import { largestPage, pageOf } from './jobRequests.ts';

/** One page of a collection. */
export interface CollectionPage {
  readonly rows: readonly unknown[];
  /** Where the service says that the collection goes on, as a resource to ask for; `null` where it does not say. */
  readonly next: string | URL | null;
  /** The service's own time when it answered; `null` where it does not say. */
  readonly answeredAt: number | null;
}

/** All of a collection. */
export interface WholeCollection<T> {
  readonly items: readonly T[];
  /** The service's own time when it answered first. */
  readonly answeredAt: number | null;
}

/** Reads collections of the REST API page by page. */
export class Collections {
  readonly #transport: Transport;
  readonly #endpoint: Endpoint;

  constructor(transport: Transport, endpoint: Endpoint) {
    this.#transport = transport;
    this.#endpoint = endpoint;
  }

  async page(resource: string | URL, jobId: string | null, signal: AbortSignal | undefined): Promise<CollectionPage> {
    const reply = await this.#transport.request({ resource, accept: 'json', repeatable: true, jobId }, signal);
    const { rows, nextLink } = readCollection(parseJson(reply.body));
    const date = Date.parse(reply.header('date') ?? '');
    return {
      rows,
      next: nextLink === null ? null : this.#resolve(nextLink, reply),
      answeredAt: Number.isNaN(date) ? null : date,
    };
  }

  /**
   * All that a query of ours means. Where rows move between two pages one may come twice, and the later counts.
   * @param query a resource without paging
   */
  async all<T extends { readonly id: string }>(
    query: string,
    read: (row: unknown) => T,
    signal: AbortSignal | undefined,
  ): Promise<WholeCollection<T>> {
    const byId = new Map<string, T>();
    let answeredAt: number | null = null;
    let asked = 0;
    let left = largestPage;
    let resource: string | URL | null = pageOf(query, largestPage, 0);
    for (let pages = 0; resource !== null; pages++) {
      const page: CollectionPage = await this.page(resource, null, signal);
      const before = byId.size;
      for (const row of page.rows) {
        const item = read(row);
        byId.set(item.id, item);
      }
      answeredAt = pages === 0 ? page.answeredAt : answeredAt;
      asked += page.rows.length;
      left -= page.rows.length;
      resource = page.next ?? (left <= 0 ? pageOf(query, largestPage, asked) : null);
      left = page.next === null ? largestPage : left;
      // A whole page of what came before: the service does not skip.
      if (resource !== null && (pages + 1 === mostPages || (page.next === null && byId.size === before))) {
        throw endlessList();
      }
    }
    return { items: [...byId.values()], answeredAt };
  }

  /**
   * A next link as a resource to ask for. Links are often written with the configured root although another one
   * answers, so one below any known root is taken as a path below whichever root is in use.
   * @throws ServiceError `untrustedRedirect` for a link to an origin that the account does not trust.
   */
  #resolve(nextLink: string, reply: HttpReply): string | URL {
    const url = this.#endpoint.nextPage(nextLink, reply.url);
    for (const root of [this.#endpoint.root, this.#endpoint.configured]) {
      if (url.href.toLowerCase().startsWith(root.href.toLowerCase())) {
        return url.href.slice(root.href.length);
      }
    }
    return url;
  }
}
