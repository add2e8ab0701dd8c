import { l10n } from 'vscode';
import type { ErrorResult } from './messages.ts';
import { openJobDocument } from './openJobDocument.ts';
import type { Services } from './services.ts';

/** Show REST Exchange: the last request about a job with its response, as the documentation shows one. */
export function showExchange(services: Services, node?: unknown, nodes?: unknown): Promise<ErrorResult | undefined> {
  const purpose = { title: l10n.t('Show REST Exchange'), pasted: l10n.t('Show the exchange about this job') };
  return openJobDocument(services, 'exchange', [node, nodes], purpose);
}
