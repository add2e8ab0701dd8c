import type { TaskPlan } from './plan.ts';

/**
 * A task's TaskBody the way the service gives it back: written anew with a utf-16 header and CRLF indentation
 * (recorded so), whatever the client sent.
 */
export function taskBody(task: Pick<TaskPlan, 'after' | 'outputName'>, position: number): string {
  const input = task.after === null ? 'JobInputAsset(0)' : `JobOutputAsset(${task.after})`;
  return [
    '<?xml version="1.0" encoding="utf-16"?>',
    '<taskBody>',
    `  <inputAsset>${input}</inputAsset>`,
    `  <outputAsset assetCreationOptions="0" assetFormatOption="0" assetName="${escapeXml(task.outputName)}">JobOutputAsset(${position})</outputAsset>`,
    '</taskBody>',
  ].join('\r\n');
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
