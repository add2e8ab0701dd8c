import { runTask } from './lib/toolchain.mjs';

await runTask('bench.ts');
