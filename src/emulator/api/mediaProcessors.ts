import { mediaEncoderStandard } from '../simulation/snapshot.ts';

export interface MediaProcessor {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly version: string;
}

/** Processors that Microsoft's samples and SDK tests name; what else an account had is not recorded. */
export const mediaProcessors: readonly MediaProcessor[] = [
  {
    id: mediaEncoderStandard,
    name: 'Media Encoder Standard',
    description: 'Media Encoder Standard',
    version: '1.1',
  },
  {
    id: 'nb:mpid:UUID:aec03716-7c5e-4f68-b592-f4850eba9f10',
    name: 'Storage Decryption',
    description: 'Storage Decryption',
    version: '1.7',
  },
];

/** @param id `nb:mpid:UUID:…` */
export function findMediaProcessor(id: string): MediaProcessor | undefined {
  return mediaProcessors.find((processor) => processor.id === id);
}
