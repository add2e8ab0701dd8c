import { delimiter, dirname } from 'node:path';
import { Writable } from 'node:stream';
import { runTests } from '@vscode/test-electron';
import { type Counts, countsOfRun } from './counts.ts';
import { inProject, projectFolder } from './project.ts';

/** What the line of test/vscode/index.ts that sums the run up starts with. */
const summary = /^Tests inside VS Code: (\{.*\})$/m;

/**
 * Runs the tests that need the `vscode` module in its extension host: in the desktop VS Code that VSCODE_EXECUTABLE
 * names, else in the server build.
 */
export async function runVscodeTests(print: (text: string) => void): Promise<Counts> {
  const desktop = process.env['VSCODE_EXECUTABLE'];
  if (!desktop && process.platform === 'win32') {
    throw new Error('On Windows these tests need desktop VS Code: name its Code.exe in VSCODE_EXECUTABLE.');
  }
  let output = '';
  const sink = (): Writable =>
    new Writable({
      decodeStrings: false,
      write: (chunk, _encoding, done) => {
        output += chunk;
        print(String(chunk));
        done();
      },
    });
  const succeeded = await runTests({
    vscodeExecutablePath: desktop || inProject('test', 'host', 'vscodeExecutable.ts'),
    extensionDevelopmentPath: projectFolder,
    extensionTestsPath: inProject('out', 'test', 'index.cjs'),
    // The executable's first line asks for "node": it shall be this one.
    extensionTestsEnv: { PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) },
    stdout: sink(),
    stderr: sink(),
  }).then(
    () => true,
    () => false,
  );
  const counts = output.match(summary)?.[1];
  return countsOfRun(counts ? JSON.parse(counts) : undefined, succeeded, print);
}
