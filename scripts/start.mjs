import { runTask } from './lib/toolchain.mjs';

await runTask('start.ts');
