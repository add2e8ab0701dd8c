import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { usage } from '../../../src/emulator/commandLine.ts';
import { allOff, writeDialects } from '../../../src/emulator/dialects.ts';
import { EmulatorProcess } from '../../support/emulatorProcess.ts';

const document = new URL('../../../docs/emulator.md', import.meta.url);
/** Between the outputs of one block of commands and the next. */
const separator = '-- next block --';

/** The session's blocks of commands, each with the output the document shows after it. */
function session(markdown: string): { commands: string; output: string }[] {
  const [, chapter = ''] = markdown.split(/^## A session with curl$/m);
  const [own = ''] = chapter.split(/^## /m);
  const pairs = own.matchAll(/```sh\n(?<commands>[\s\S]*?)```\n\n```text\n(?<output>[\s\S]*?)```/g);
  return [...pairs].map(({ groups }) => ({ commands: groups?.['commands'] ?? '', output: groups?.['output'] ?? '' }));
}

describe('docs/emulator.md', () => {
  it('has a session with curl that does what it shows', async () => {
    const blocks = session(await readFile(document, 'utf8'));
    assert.ok(blocks.length >= 8);
    const directory = await mkdtemp(join(tmpdir(), 'emulator-session-'));
    const emulator = new EmulatorProcess(['--arrivals', '0']);
    try {
      await emulator.connection();
      await writeFile(join(directory, 'emulator.json'), emulator.stdout);
      const script = blocks.map(({ commands }) => commands).join(`echo '${separator}'\n`);
      const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd: directory });
      const outputs = stdout.split(`${separator}\n`);
      for (const [index, { output }] of blocks.entries()) {
        const shown = output.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
        assert.match(outputs[index] ?? '', new RegExp(`^${shown.join('.+')}$`), `block ${index}`);
      }
      assert.equal(await emulator.exited, 0, 'the session ends it');
    } finally {
      await emulator.dispose();
      await rm(directory, { recursive: true });
    }
  });

  it('and the help name every dialect, with its default', async () => {
    const markdown = await readFile(document, 'utf8');
    for (const [key, value] of Object.entries(writeDialects(allOff))) {
      assert.match(markdown, new RegExp(`\\| \`${key}\` +\\| \`${value}\`, `), key);
      assert.ok(usage.includes(` ${key}: `), key);
    }
  });
});
