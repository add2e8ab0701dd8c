import { runTask } from './lib/toolchain.mjs';

await runTask('screenshots.ts');
