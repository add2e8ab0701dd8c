import { ofAms } from './amsDecoders.ts';
import { ofCommands } from './commandDecoders.ts';
import { ofConnection } from './connectionDecoders.ts';
import type { Decoder } from './decoder.ts';
import { ofEmulator } from './emulatorDecoders.ts';
import { ofSignIn } from './signInDecoders.ts';
import { ofStoredState } from './storedDecoders.ts';
import { ofV3 } from './v3Decoders.ts';

/** All of them. A file in `src` that reads what comes from outside belongs to one, see the test of the sources. */
export const decoders: readonly Decoder[] = [
  ...ofAms,
  ...ofV3,
  ...ofConnection,
  ...ofSignIn,
  ...ofStoredState,
  ...ofCommands,
  ...ofEmulator,
];
