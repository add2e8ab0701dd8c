import type { JobSnapshot } from '../simulation/snapshot.ts';

/** What a task does whose configuration is a preset of the client's own, and no name. */
const customPreset = 'CustomPreset';
const longestPart = 120;
/** The last group of a job's GUID: enough to tell 50,000 jobs apart. */
const tailPattern = /[0-9a-f]{12}$/;

/** A preset as the name of a transform, or the first half of an output's label: the same for the same preset. */
export function presetNameOf(configuration: string): string {
  const isName = !/^\s*[<{[]/.test(configuration);
  const name = isName ? configuration.replace(/[^A-Za-z0-9]/g, '').slice(0, longestPart) : '';
  return name === '' ? customPreset : name;
}

/** AMS v3 keeps jobs within transforms; here that of their first task. */
export function transformOf(job: JobSnapshot): string {
  return presetNameOf(job.configuration);
}

/**
 * The name of a job, unique within its transform: what people call it, as far as names may hold it (MK.IO's pattern is
 * `^[^\^\'<>%&:\\?/*+]+$`, 260 characters), and the end of its id. Letters beyond ASCII stay: old names have them too.
 */
export function jobNameOf({ name, id }: JobSnapshot): string {
  const readable = name
    .replace(/[^\p{L}\p{N}_.-]+/gu, '-')
    .slice(0, longestPart)
    .toWellFormed()
    .replace(/\uFFFD/g, '')
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
  return `${readable === '' ? 'job' : readable}-${tailOf(id)}`;
}

/** What names and ids of both kinds end with; '' for anything else. */
export function tailOf(text: string): string {
  return tailPattern.exec(text)?.[0] ?? '';
}
