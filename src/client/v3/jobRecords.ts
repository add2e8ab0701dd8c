import { type JobError, type JobState, type JobTask, knownJobStates, type ListedJob } from '../../jobs/job.ts';
import type { JobAsset, JobAssets } from '../../jobs/jobDetails.ts';
import { idOfNamedJob, namedJobOf } from '../../jobs/namedJob.ts';
import { ServiceError } from '../../jobs/serviceError.ts';
import { ownProperty, readProgress, readText, readTime } from '../odata.ts';
import { priorityNames } from './v3Capabilities.ts';

/** A job that came with its outputs, as every record of this kind does. */
export interface JobWithTasks extends ListedJob {
  readonly tasks: readonly JobTask[];
}

/**
 * A job with its outputs as tasks. Names and meanings are those of "Jobs" in the REST API of Azure Media Services v3
 * (2022-07-01), which MK.IO's "Media API" (OpenAPI) shares; what they do not agree on may be missing.
 * @param transform the one whose jobs were asked for, where the record does not name it
 * @throws ServiceError `badReply` where the record names no job or has no state
 */
export function readJobRecord(record: unknown, transform: string | null = null): JobWithTasks {
  const properties = ownProperty(record, 'properties');
  const started = readTime(ownProperty(properties, 'startTime'));
  const ended = readTime(ownProperty(properties, 'endTime'));
  const id = readId(record, transform);
  return {
    id,
    name: readText(ownProperty(record, 'name')) || (namedJobOf(id)?.job ?? ''),
    state: readState(ownProperty(properties, 'state')) ?? noState(),
    created: readTime(ownProperty(properties, 'created')),
    lastModified: readTime(ownProperty(properties, 'lastModified')),
    started,
    ended,
    priority: readPriority(ownProperty(properties, 'priority')),
    runningDurationMs: durationOf(started, ended),
    tasks: outputsOf(record).map(readOutput),
  };
}

/** The outputs of a job as the service has them. */
export function outputsOf(record: unknown): readonly unknown[] {
  const outputs = ownProperty(ownProperty(record, 'properties'), 'outputs');
  return Array.isArray(outputs) ? outputs.slice(0, mostOutputs) : [];
}

/** A job has at most 20 outputs ("Quotas and limits"); there is room for services that allow more. */
const mostOutputs = 1000;

/** An output has no id, but its place among those of its job stays the same. */
function readOutput(output: unknown, index: number): JobTask {
  const started = readTime(ownProperty(output, 'startTime'));
  const ended = readTime(ownProperty(output, 'endTime'));
  const label = readText(ownProperty(output, 'label'));
  return {
    id: String(index),
    name: label || (readText(ownProperty(output, 'assetName')) ?? ''),
    // It may be null, which by the documents is Queued.
    state: readState(ownProperty(output, 'state')) ?? 'Queued',
    progress: readProgress(ownProperty(output, 'progress')),
    started,
    ended,
    runningDurationMs: durationOf(started, ended),
    errors: readErrors(ownProperty(output, 'error')),
  };
}

/** The error of an output, and behind it what its `details` add, which MK.IO does not have. */
function readErrors(error: unknown): readonly JobError[] {
  const details = ownProperty(error, 'details');
  return [error, ...(Array.isArray(details) ? details.slice(0, mostDetails) : [])].flatMap(readError);
}

const mostDetails = 100;

function readError(error: unknown): readonly JobError[] {
  const [code, message, category, retry] = ['code', 'message', 'category', 'retry'].map((name) =>
    readText(ownProperty(error, name)),
  );
  if (code == null && message == null) {
    return [];
  }
  return [
    {
      code: code ?? '',
      message: message ?? '',
      ...(category == null ? {} : { category }),
      ...(retry == null ? {} : { retry }),
    },
  ];
}

/** The end of a resource id of Azure Resource Manager, which is written in any case. */
const resourceId = /\/transforms\/([^/]+)\/jobs\/([^/]+)\/?$/i;

function readId(record: unknown, ofTransform: string | null): string {
  const name = readText(ownProperty(record, 'name'));
  const [, transform = ofTransform, job = name] = resourceId.exec(readText(ownProperty(record, 'id')) ?? '') ?? [];
  const id = transform === null || job === null ? '' : idOfNamedJob({ transform, job });
  if (namedJobOf(id) === null) {
    throw new ServiceError('badReply', 'The service answered with a job that has no id.');
  }
  return id;
}

function noState(): never {
  throw new ServiceError('badReply', 'The service answered with a job that has no state.');
}

/** A state that is none of the documented ones is kept as it came: new ones may be added ("modelAsString"). */
function readState(value: unknown): JobState | null {
  const text = readText(value);
  return text === null || text === ''
    ? null
    : (knownJobStates.find((known) => known === text) ?? `Unknown(${text.slice(0, longestState)})`);
}

const longestState = 64;

/** The state as the service has it, for a filter; `null` where it was too long to be kept whole. */
export function rawState(state: JobState): string | null {
  const raw = /^Unknown\((.*)\)$/s.exec(state)?.[1] ?? state;
  return raw.length < longestState && raw.isWellFormed() ? raw : null;
}

function readPriority(value: unknown): number | null {
  const level = priorityNames.indexOf(readText(value) ?? '');
  return level < 0 ? null : level;
}

function durationOf(started: number | null, ended: number | null): number | null {
  return started === null || ended === null || ended < started ? null : ended - started;
}

/** What a job reads and writes, by the names in its record. */
export function readJobAssets(record: unknown): JobAssets {
  const input = ownProperty(ownProperty(record, 'properties'), 'input');
  const inputs = inputsOf(input, deepestInput);
  const outputs = outputsOf(record).flatMap((output) => assetNamed(readText(ownProperty(output, 'assetName'))));
  return { inputs: input == null ? null : unique(inputs), outputs: unique(outputs) };
}

/** Inputs are lists of inputs at most (`JobInputs`, `JobInputSequence`). */
const deepestInput = 3;

function inputsOf(input: unknown, depth: number): readonly JobAsset[] {
  const asset = assetNamed(readText(ownProperty(input, 'assetName')));
  const several = ownProperty(input, 'inputs');
  if (asset.length > 0 || depth === 0) {
    return asset;
  }
  if (Array.isArray(several)) {
    return several.flatMap((one) => inputsOf(one, depth - 1));
  }
  const files = ownProperty(input, 'files');
  const base = readText(ownProperty(input, 'baseUri')) ?? '';
  return Array.isArray(files)
    ? files.flatMap((file) => assetNamed(typeof file === 'string' ? plainAddress(base + file) : null))
    : assetNamed(base === '' ? null : plainAddress(base));
}

/** Without what may sign in whoever follows it: user name, password, query. */
function plainAddress(address: string): string {
  return address.replace(/[?#].*$/s, '').replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');
}

function assetNamed(name: string | null): readonly JobAsset[] {
  return name === null || name === '' ? [] : [{ id: name, name }];
}

function unique(assets: readonly JobAsset[]): readonly JobAsset[] {
  return [...new Map(assets.map((asset) => [asset.id, asset])).values()];
}
