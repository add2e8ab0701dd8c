import type { TaskError } from '../simulation/plan.ts';

/** An output's error (AMS v3 `JobError`, without its `details`). */
export interface JobError {
  readonly code: string;
  readonly message: string;
  readonly category: string;
  readonly retry: 'DoNotRetry' | 'MayRetry';
}

type Kind = Omit<JobError, 'message'>;

/** The codes of v2 (MS docs "Encoding error codes") and what AMS v3 calls the same thing. */
const kinds: Readonly<Record<string, Kind>> = {
  ErrorDownloadingInputAssetMalformedContent: {
    code: 'ContentMalformed',
    category: 'Content',
    retry: 'DoNotRetry',
  },
  ErrorDownloadingInputAssetServiceFailure: { code: 'DownloadTransientError', category: 'Download', retry: 'MayRetry' },
  ErrorParsingConfiguration: { code: 'ConfigurationUnsupported', category: 'Configuration', retry: 'DoNotRetry' },
  ErrorExecutingTaskMalformedContent: { code: 'ContentMalformed', category: 'Content', retry: 'DoNotRetry' },
  ErrorExecutingTaskUnsupportedFormat: { code: 'ContentUnsupported', category: 'Content', retry: 'DoNotRetry' },
  ErrorUploadingOutputAsset: { code: 'UploadNotAccessible', category: 'Upload', retry: 'MayRetry' },
};

const otherwise: Kind = { code: 'ServiceError', category: 'Service', retry: 'DoNotRetry' };

/** What the texts of AMS v3's documentation say of each code. */
const words: Readonly<Record<string, string>> = {
  ConfigurationUnsupported: 'The input and the settings of the transform do not fit each other.',
  ContentMalformed: 'The input content is damaged.',
  ContentUnsupported: 'The input is not valid media or its format is not supported.',
  DownloadTransientError: 'There was a problem transferring the input. You may retry.',
  ServiceError: 'A fatal service error has occurred while processing the job. Please contact support.',
  UploadNotAccessible: 'The destination could not be written to. Check that it is available.',
};

/** The error in the words of whatever failed, as MK.IO has it: it knows no details. */
export function jobErrorOf({ code, message }: TaskError): JobError {
  const kind = (Object.hasOwn(kinds, code) ? kinds[code] : undefined) ?? otherwise;
  return { code: kind.code, message, category: kind.category, retry: kind.retry };
}

/** The error as AMS v3 has it: general words, and what failed in `details`. */
export function detailedErrorOf(error: TaskError): JobError & { readonly details: readonly TaskError[] } {
  const general = jobErrorOf(error);
  const { code, message } = error;
  return { ...general, message: words[general.code] ?? message, details: [{ code, message }] };
}
