import { runTask } from './lib/toolchain.mjs';

await runTask('package.ts');
