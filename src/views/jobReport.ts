import type { Exchange } from '../jobs/exchange.ts';
import type { Job, JobError, JobTask } from '../jobs/job.ts';
import { formatDuration, formatUtcTime } from './format.ts';
import { codeSpan, escapeGithubMarkdown, fencedBlock } from './githubMarkdown.ts';
import {
  errorAdvice,
  jobTitle,
  type PresentationContext,
  percentOf,
  priorityText,
  stateLabel,
  taskTitle,
} from './jobPresentation.ts';
import { shortLine } from './text.ts';

/** In characters. */
const mostOfId = 300;
const mostOfError = 20_000;

/** One job as it is reported. */
export interface ReportedJob {
  readonly job: Job;
  /** The last one about this job, for the ids by which whoever runs the service finds it. */
  readonly exchange: Exchange | undefined;
}

/** Jobs as Markdown for a ticket, one after the other. Times are UTC: who reads it may be anywhere. */
export function jobReport(jobs: readonly ReportedJob[], context: PresentationContext): string {
  return `${jobs.map((reported) => oneReport(reported, context)).join('\n\n')}\n`;
}

function oneReport({ job, exchange }: ReportedJob, context: PresentationContext): string {
  const { l10n, locale, now } = context;
  const rows: (readonly [label: string, value: string | null])[] = [
    [l10n.t('State'), escapeGithubMarkdown(stateLabel(job.state, l10n))],
    [l10n.t('Progress'), percentOf(job, locale)],
    [l10n.t('Account'), escapeGithubMarkdown(shortLine(job.account, mostOfId))],
    [l10n.t('Job id'), codeSpan(shortLine(job.id, mostOfId))],
    [l10n.t('Created'), utc(job.created)],
    [l10n.t('Started'), utc(job.started)],
    [l10n.t('Ended'), utc(job.ended)],
    [l10n.t('Duration'), duration(job, context)],
    [l10n.t('Priority'), job.priority === null ? null : escapeGithubMarkdown(priorityText(job, job.priority, context))],
    ...exchangeRows(exchange, context),
    [l10n.t('Reported'), utc(now)],
  ];
  const known = rows.flatMap(([label, value]) => (value === null ? [] : [[escapeGithubMarkdown(label), value]]));
  const tasks = job.tasks ?? [];
  return [
    `## ${escapeGithubMarkdown(jobTitle(job))}`,
    table(['', ''], known),
    ...(tasks.length > 0 ? [`### ${l10n.t('Tasks')}`, taskTable(tasks, context)] : []),
    ...errorSections(tasks, context),
  ].join('\n\n');
}

function exchangeRows(
  exchange: Exchange | undefined,
  { l10n }: PresentationContext,
): (readonly [label: string, value: string | null])[] {
  if (!exchange) {
    return [];
  }
  const header = (message: Exchange['response'] | Exchange['request'], wanted: string): string | null =>
    message?.headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? null;
  const id = header(exchange.response, 'x-ms-request-id') ?? header(exchange.response, 'request-id');
  const clientId = header(exchange.request, 'x-ms-client-request-id');
  return [
    [l10n.t('Last request'), utc(exchange.sentAt)],
    [l10n.t('Request id'), id === null ? null : codeSpan(shortLine(id, mostOfId))],
    [l10n.t('Client request id'), clientId === null ? null : codeSpan(shortLine(clientId, mostOfId))],
  ];
}

function taskTable(tasks: readonly JobTask[], context: PresentationContext): string {
  const { l10n, locale } = context;
  const rows = tasks.map((task, index) => [
    escapeGithubMarkdown(taskTitle(task, index, l10n)),
    escapeGithubMarkdown(stateLabel(task.state, l10n)),
    percentOf(task, locale) ?? '',
    duration(task, context) ?? '',
  ]);
  return table([l10n.t('Task'), l10n.t('State'), l10n.t('Progress'), l10n.t('Duration')], rows);
}

/** In full, as far as a ticket has room: what the service says went wrong is what it is about. */
function errorSections(tasks: readonly JobTask[], { l10n }: PresentationContext): string[] {
  const failed = tasks
    .map((task, index) => ({ title: taskTitle(task, index, l10n), errors: task.errors }))
    .filter(({ errors }) => errors.length > 0);
  return failed.length === 0
    ? []
    : [
        `### ${l10n.t('Errors')}`,
        ...failed.flatMap(({ title, errors }) => [
          escapeGithubMarkdown(title),
          ...errors.map((error) =>
            fencedBlock([errorText(error), errorAdvice(error, l10n)].filter(Boolean).join('\n')),
          ),
        ]),
      ];
}

function errorText({ code, message }: JobError): string {
  const text = code.trim() === '' || message.trim() === '' ? code + message : `${code}: ${message}`;
  return text.length > mostOfError ? `${text.slice(0, mostOfError).toWellFormed()}…` : text;
}

function duration({ started, ended }: Pick<Job, 'started' | 'ended'>, { l10n }: PresentationContext): string | null {
  return started === null || ended === null ? null : formatDuration(ended - started, l10n);
}

function utc(time: number | null): string | null {
  return time === null ? null : formatUtcTime(time);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => ':--')), ...rows.map(line)].join('\n');
}
