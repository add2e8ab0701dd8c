import * as vscode from 'vscode';
import type * as CommandsBundle from './commands.ts';
import type { Services } from './services.ts';

/** Loads the commands, and has them do something. */
export type UseCommands = <T>(use: (commands: typeof CommandsBundle, services: Services) => T) => T;

const toolNames = ['mediaServices_list_jobs', 'mediaServices_get_job'] as const;

/** The names of the tools in the manifest. */
export type ToolName = (typeof toolNames)[number];

/** Registers what others come in by: addresses that the system opens, and tools of language models. */
export function registerEntrances(useCommands: UseCommands): vscode.Disposable {
  let isAsking = false;
  return vscode.Disposable.from(
    vscode.window.registerUriHandler({
      handleUri: async (uri) => {
        // A web page can open any number of addresses; one question at a time is all that a person can answer.
        if (!isAsking) {
          isAsking = true;
          try {
            await useCommands((commands, services) => commands.entrances.openUri(services, uri));
          } finally {
            isAsking = false;
          }
        }
      },
    }),
    ...toolNames.map((name) =>
      vscode.lm.registerTool(name, {
        prepareInvocation: ({ input }) =>
          useCommands((commands, services) => commands.entrances.prepareTool(name, services, input)),
        invoke: ({ input }, token) =>
          useCommands((commands, services) => commands.entrances.invokeTool(name, services, input, token)),
      }),
    ),
  );
}
