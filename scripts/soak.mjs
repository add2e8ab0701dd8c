import { runTask } from './lib/toolchain.mjs';

await runTask('soak.ts');
