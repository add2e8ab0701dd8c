import { runCommand } from '../../test/host/processes.ts';
import { inProject, projectFolder } from './project.ts';

/** Bundles the extension, and with `--tests` what runs inside VS Code to test it. */
export async function build(...flags: ReadonlyArray<'--production' | '--tests'>): Promise<void> {
  await runCommand(process.execPath, [inProject('esbuild.mjs'), ...flags], { cwd: projectFolder });
}
