import type { TaskPlan } from './plan.ts';
import { prerequisitesOf } from './plan.ts';

/** What a task reads and writes, numbered within its job: `JobInputAsset(0)`, `JobOutputAsset(1)`. */
export interface TaskBody {
  readonly inputs: readonly AssetReference[];
  readonly outputs: readonly OutputAsset[];
}

export interface AssetReference {
  readonly kind: 'input' | 'output';
  readonly index: number;
}

/** An asset that the job makes; options are the numbers of the service's tables. */
export interface OutputAsset {
  readonly index: number;
  readonly name: string;
  readonly creationOptions: number;
  readonly formatOption: number;
  readonly storageAccountName: string | null;
}

/** The body of a task: the client's, or one that fits its plan. */
export function bodyOf(task: TaskPlan, position: number): TaskBody {
  if (task.body) {
    return task.body;
  }
  const after = prerequisitesOf(task);
  return {
    inputs: after.length > 0 ? after.map((index) => ({ kind: 'output', index })) : [{ kind: 'input', index: 0 }],
    outputs: [
      { index: position, name: task.outputName, creationOptions: 0, formatOption: 0, storageAccountName: null },
    ],
  };
}

/**
 * A TaskBody the way the service gives it back: written anew with a utf-16 header and CRLF indentation (recorded so),
 * whatever the client sent.
 */
export function writeTaskBody({ inputs, outputs }: TaskBody): string {
  return [
    '<?xml version="1.0" encoding="utf-16"?>',
    '<taskBody>',
    ...inputs.map(
      ({ kind, index }) =>
        `  <inputAsset>${kind === 'input' ? 'JobInputAsset' : 'JobOutputAsset'}(${index})</inputAsset>`,
    ),
    ...outputs.map(writeOutput),
    '</taskBody>',
  ].join('\r\n');
}

function writeOutput({ index, name, creationOptions, formatOption, storageAccountName }: OutputAsset): string {
  const storage = storageAccountName === null ? '' : ` storageAccountName="${escapeXml(storageAccountName)}"`;
  const options = `assetCreationOptions="${creationOptions}" assetFormatOption="${formatOption}"`;
  return `  <outputAsset ${options} assetName="${escapeXml(name)}"${storage}>JobOutputAsset(${index})</outputAsset>`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"\r\n\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}
