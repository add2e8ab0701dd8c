import * as vscode from 'vscode';
import type { TestApi } from '../../../src/core.ts';

/** The extension as VS Code runs it, with what it opens to tests. */
export async function extensionUnderTest(): Promise<TestApi> {
  const extension = vscode.extensions.getExtension<TestApi>('media-services-jobs.media-services-jobs');
  if (!extension) {
    throw new Error('The extension is not installed in this window.');
  }
  return await extension.activate();
}

/** Waits for something to become true, looking whenever VS Code had a turn. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > end) {
      throw new Error(`It did not happen within 10 seconds: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Writes a user setting, and takes it back with what the returned function does. */
export async function withSetting(key: string, value: unknown): Promise<() => Promise<void>> {
  const set = async (next: unknown): Promise<void> =>
    await vscode.workspace.getConfiguration().update(key, next, vscode.ConfigurationTarget.Global);
  await set(value);
  return () => set(undefined);
}
