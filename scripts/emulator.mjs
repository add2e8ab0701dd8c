import { runTask } from './lib/toolchain.mjs';

await runTask('emulator.ts');
