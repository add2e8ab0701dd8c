import { l10n } from 'vscode';
import type { ErrorResult } from './messages.ts';
import { openJobDocument } from './openJobDocument.ts';
import type { Services } from './services.ts';

/** Open Job JSON: the raw record with its tasks, which follows the job while it is open. */
export function openJobJson(services: Services, node?: unknown, nodes?: unknown): Promise<ErrorResult | undefined> {
  const purpose = { title: l10n.t('Open Job JSON'), pasted: l10n.t('Open the record of this job') };
  return openJobDocument(services, 'json', [node, nodes], purpose);
}
