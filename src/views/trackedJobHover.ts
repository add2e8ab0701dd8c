import * as vscode from 'vscode';
import type { Job } from '../jobs/job.ts';
import { formatLocalTime } from './format.ts';
import { jobTooltip, type PresentationContext } from './jobPresentation.ts';
import { richText } from './richText.ts';
import { escapeMarkdown } from './text.ts';

/** The commands that the hover links to; no other command can be run from it. */
const hoverCommands = {
  open: 'mediaServices.openTrackedJob',
  json: 'mediaServices.openTrackedJobJson',
  reveal: 'mediaServices.revealTrackedJob',
  check: 'mediaServices.checkTrackedJob',
  stop: 'mediaServices.stopTracking',
};

/**
 * What hovering the status bar item shows.
 * @param stale why the job must not look as if it were followed; `null` where it is
 * @param asOf when the service last answered, in milliseconds since the Unix epoch, where it does not now
 * @param waits why the job waits, where it does and that is known
 */
export function trackedJobHover(
  job: Job,
  stale: string | null,
  asOf: number | null,
  context: PresentationContext,
  waits: string | null,
): vscode.MarkdownString {
  const { l10n } = vscode;
  const parts = [jobTooltip(job, context, waits)];
  if (stale !== null) {
    const since = asOf === null ? '' : ` ${l10n.t('Last answer: {0}.', formatLocalTime(asOf, context.locale))}`;
    parts.push(`$(warning) ${escapeMarkdown(stale + since)}`);
  }
  const link = (text: string, command: string): string => `[${escapeMarkdown(text)}](command:${command})`;
  parts.push(
    [
      link(l10n.t('Show Details'), hoverCommands.open),
      link(l10n.t('Open Job JSON'), hoverCommands.json),
      link(l10n.t('Show in Jobs Panel'), hoverCommands.reveal),
      link(l10n.t('Check Now'), hoverCommands.check),
      link(l10n.t('Stop Tracking'), hoverCommands.stop),
    ].join(' &nbsp;·&nbsp; '),
  );
  const hover = richText(parts.join('\n\n'));
  hover.isTrusted = { enabledCommands: Object.values(hoverCommands) };
  return hover;
}
