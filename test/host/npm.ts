import { basename } from 'node:path';
import { type CommandOptions, runCommand } from './processes.ts';

/** Runs the npm that started this process, else the one on PATH, quietly. Resolves to what it wrote. */
export function npm(args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const quiet = [...args, '--loglevel=error', '--no-audit', '--no-fund'];
  const cli = process.env['npm_execpath'];
  if (cli && basename(cli) === 'npm-cli.js') {
    return runCommand(process.execPath, [cli, ...quiet], options);
  }
  return runCommand(process.platform === 'win32' ? 'npm.cmd' : 'npm', quiet, options);
}
