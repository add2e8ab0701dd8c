import { runTask } from './lib/toolchain.mjs';

await runTask('test.ts');
