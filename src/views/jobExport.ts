import { firstError, type Job } from '../jobs/job.ts';
import { jobToJson } from '../jobs/jobJson.ts';
import { showUnprintable } from './text.ts';

/** Jobs as files that other programs read. Both come in chunks, between which others can have a turn. */

export type ExportFormat = 'csv' | 'json';

const jobsPerChunk = 500;

/** So that Excel takes the file for UTF-8. */
const byteOrderMark = '\ufeff';

const columns = [
  ...['account', 'id', 'name', 'state', 'progress', 'created', 'started', 'ended', 'durationSeconds', 'priority'],
  ...['errorCode', 'errorMessage'],
] as const;

/** @param now milliseconds since the Unix epoch, for the time left */
export function exportChunks(jobs: readonly Job[], format: ExportFormat, now: number): Generator<string> {
  return format === 'csv' ? csvChunks(jobs) : jsonChunks(jobs, now);
}

/** RFC 4180, with a head and a byte order mark. Times are ISO 8601 in UTC; what is not known is empty. */
function* csvChunks(jobs: readonly Job[]): Generator<string> {
  yield `${byteOrderMark}${columns.join(',')}\r\n`;
  for (let start = 0; start < jobs.length; start += jobsPerChunk) {
    yield jobs
      .slice(start, start + jobsPerChunk)
      .map((job) => `${csvRow(job)}\r\n`)
      .join('');
  }
}

/** A list of jobs as other extensions get them. */
function* jsonChunks(jobs: readonly Job[], now: number): Generator<string> {
  const text = (job: Job): string => showUnprintable(JSON.stringify(jobToJson(job, now), null, 2));
  yield '[';
  for (let start = 0; start < jobs.length; start += jobsPerChunk) {
    const chunk = jobs
      .slice(start, start + jobsPerChunk)
      .map(text)
      .join(',\n')
      .replaceAll('\n', '\n  ');
    yield `${start === 0 ? '' : ','}\n  ${chunk}`;
  }
  yield jobs.length === 0 ? ']\n' : '\n]\n';
}

function csvRow(job: Job): string {
  const error = firstError(job);
  const durationMs = job.started === null || job.ended === null ? null : job.ended - job.started;
  return [
    ...[job.account, job.id, job.name, job.state].map(textCell),
    numberCell(job.progress),
    ...[job.created, job.started, job.ended].map(timeCell),
    numberCell(durationMs === null ? null : durationMs / 1000),
    numberCell(job.priority),
    ...[error?.code ?? '', error?.message ?? ''].map(textCell),
  ].join(',');
}

/**
 * A spreadsheet runs what begins like a formula, full-width signs too; behind an apostrophe it is text ("CSV injection",
 * OWASP). Where its list separator is a semicolon or a tab, it begins another cell behind each, and behind each line end,
 * whatever quotes of ours say.
 */
const formulaStart =
  /^(?=[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])|(?<=[;\t\r\n])(?=(?:[^\S\t\r\n]|")*[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

function textCell(text: string): string {
  const harmless = text.replace(formulaStart, "'");
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function numberCell(value: number | null): string {
  return value === null ? '' : String(value);
}

function timeCell(time: number | null): string {
  return time === null ? '' : new Date(time).toISOString();
}
