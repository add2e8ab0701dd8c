import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { build } from '../lib/build.ts';
import { inProject } from '../lib/project.ts';

await build();
const emulator = spawn(process.execPath, [inProject('dist', 'emulator.cjs'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => emulator.kill(signal));
}
emulator.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal as NodeJS.Signals];
});
