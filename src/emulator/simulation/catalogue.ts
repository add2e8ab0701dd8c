import type { TaskError } from './plan.ts';

/** Things to encode; open movies and the kind of files a newsroom or a school has. */
export const titles: readonly [string, ...string[]] = [
  'BigBuckBunny',
  'Sintel',
  'TearsOfSteel',
  'ElephantsDream',
  'CosmosLaundromat',
  'Spring',
  'AgentMuller-Trailer',
  'CaminandesLlamigos',
  'GlassHalf',
  'Keynote-Day1-Camera2',
  'Evening News 2024-05-17',
  'Lecture 07 Signal Processing',
  'Onboarding-Safety-EN',
  'ProductTour-v3',
  'Matchday 12 Highlights',
  'Drone-Harbour-4K',
  'Podcast 118 Interview',
  'TownHall-Q2',
  'wedding_final_FINAL2',
  'Café Müller – Probe',
];

/** Presets of Media Encoder Standard, each with the words its job's name uses. */
export const encodings: readonly [Encoding, ...Encoding[]] = [
  { preset: 'H264 Multiple Bitrate 1080p', label: 'H264 Adaptive Bitrate MP4 Set 1080p' },
  { preset: 'H264 Multiple Bitrate 720p', label: 'H264 Adaptive Bitrate MP4 Set 720p' },
  { preset: 'H264 Multiple Bitrate 4K', label: 'H264 Adaptive Bitrate MP4 Set 4K' },
  { preset: 'H264 Single Bitrate 1080p', label: 'H264 Single Bitrate 1080p' },
  { preset: 'Adaptive Streaming', label: 'Adaptive Streaming' },
  { preset: 'Content Adaptive Multiple Bitrate MP4', label: 'Content Adaptive MP4' },
];

interface Encoding {
  readonly preset: string;
  readonly label: string;
}

/** What comes beside or after the main encode. `chained` tasks read the encode's output. */
export const extras: readonly [Extra, ...Extra[]] = [
  {
    verb: 'Thumbnails of',
    configuration:
      '{"Version":1.0,"Codecs":[{"PngLayers":[{"Type":"PngLayer","Width":640,"Height":360}],"Start":"{Best}","Type":"PngImage"}],"Outputs":[{"FileName":"{Basename}_{Index}{Extension}","Format":{"Type":"PngFormat"}}]}',
    suffix: 'Thumbnails',
    chained: false,
  },
  { verb: 'Audio track of', configuration: 'AAC Good Quality Audio', suffix: 'Audio', chained: false },
  { verb: 'Preview clip of', configuration: 'H264 Single Bitrate 4x3 SD', suffix: 'Preview', chained: true },
  {
    verb: 'Low bandwidth copy of',
    configuration: 'H264 Single Bitrate 16x9 SD',
    suffix: 'LowBandwidth',
    chained: true,
  },
];

interface Extra {
  readonly verb: string;
  readonly configuration: string;
  readonly suffix: string;
  readonly chained: boolean;
}

/** Ways to fail; the codes are those of the service's documentation of encoding error codes. */
export const failures: readonly [TaskError, ...TaskError[]] = [
  {
    code: 'ErrorDownloadingInputAssetMalformedContent',
    message:
      'An error has occurred while downloading the input asset: the file is truncated, its moov atom could not be found.',
  },
  {
    code: 'ErrorDownloadingInputAssetServiceFailure',
    message:
      'The input asset could not be downloaded from storage: the operation did not complete in the allotted time.',
  },
  {
    code: 'ErrorParsingConfiguration',
    message: 'The preset could not be parsed: the value of the element Bitrate is not a number.',
  },
  {
    code: 'ErrorExecutingTaskMalformedContent',
    message: 'Encoding task failed: the video stream ended unexpectedly at 00:03:27.480 (invalid NAL unit size).',
  },
  {
    code: 'ErrorExecutingTaskUnsupportedFormat',
    message: 'Encoding task failed: the input file has no supported video or audio stream (codec ProRes RAW).',
  },
  {
    code: 'ErrorProcessingTask',
    message: 'An error has occurred. Stage: EncodeVideo. Code: System.OutOfMemoryException.',
  },
  {
    code: 'ErrorUploadingOutputAsset',
    message:
      'The output could not be written to the storage account: the account keys were changed while the task ran.',
  },
];
