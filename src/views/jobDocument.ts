import type { JobKey } from '../jobs/job.ts';
import { documentScheme } from './documentScheme.ts';
import type { DocumentKind } from './editors.ts';
import { plainLine, shorten } from './text.ts';

/** How VS Code names documents about jobs: the last part of the path is the title of the tab. */

/** What a document is about. */
export interface JobDocument {
  readonly kind: DocumentKind;
  readonly key: JobKey;
}

/** The parts of a `vscode.Uri`. */
export interface DocumentAddress {
  readonly scheme: string;
  readonly path: string;
  readonly query: string;
}

const suffixes: Readonly<Record<DocumentKind, string>> = { json: '.job.json', exchange: '.exchange.http' };
const kinds = Object.keys(suffixes) as DocumentKind[];

const maxTitleLength = 60;

/** @param title of the job; it makes the tab readable and has no part in which document it is */
export function documentAddress({ kind, key }: JobDocument, title: string): DocumentAddress {
  const query = `account=${encode(key.account)}&id=${encode(key.id)}`;
  return { scheme: documentScheme, path: `/${fileName(title)}${suffixes[kind]}`, query };
}

/** What an address says, or `null` where it is not one of ours. Anybody can write one, so it may name a job that is none. */
export function readDocumentAddress({ scheme, path, query }: DocumentAddress): JobDocument | null {
  const kind = kinds.find((candidate) => path.endsWith(suffixes[candidate]));
  const [, account, id] = /^account=([^&]+)&id=([^&]+)$/.exec(query) ?? [];
  if (scheme !== documentScheme || kind === undefined || account === undefined || id === undefined) {
    return null;
  }
  try {
    return { kind, key: { account: decodeURIComponent(account), id: decodeURIComponent(id) } };
  } catch {
    return null;
  }
}

/** A name of a job as that of a file: nothing that divides paths, or that a file system keeps for itself. */
function fileName(title: string): string {
  const plain = plainLine(shorten(title.toWellFormed(), 4 * maxTitleLength).replace(/[/\\:*?"<>|]/g, ' '));
  return shorten(plain, maxTitleLength) || 'job';
}

/** Half a surrogate pair cannot be encoded. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
