import * as vscode from 'vscode';

/** A question that a box or a list asked. */
export interface Asked {
  readonly title: string;
}

type Replaced = Record<string, unknown>;

/**
 * Stands in for a person at the window: answers what the extension asks, and keeps every text that it shows. VS Code
 * refuses modal questions in tests, and nothing there can type into a box.
 */
export class WindowRecorder {
  readonly #texts: (readonly [place: string, text: string])[] = [];
  readonly #undo: (() => void)[] = [];
  /** Answers by the account at the end of a title; they go before `answer`. */
  readonly answers: Record<string, string> = {};
  answer: (asked: Asked) => string | undefined = () => undefined;
  onOpenExternal: (address: string) => Promise<boolean> = async () => false;
  onDeviceCode: (text: string) => Promise<void> = async () => undefined;
  /** The token of VS Code's own account. */
  session = '';

  constructor() {
    const window = vscode.window as unknown as Replaced;
    for (const name of ['showInformationMessage', 'showWarningMessage', 'showErrorMessage']) {
      this.#replace(window, name, async (message: string, ...rest: unknown[]) => {
        this.note(name, `${message} ${JSON.stringify(rest)}`);
        const buttons = rest.filter((item) => typeof item === 'string');
        if (message.startsWith('Your code: ')) {
          await this.onDeviceCode(message);
          return buttons[1];
        }
        // Of questions that change something, those are agreed to that remove an account or send a login elsewhere.
        return message.startsWith('Remove the account') ? buttons[0] : undefined;
      });
    }
    this.#replace(window, 'showInputBox', async (options: vscode.InputBoxOptions) => {
      this.note('showInputBox', JSON.stringify(options));
      const title = options.title ?? '';
      const own = Object.entries(this.answers).find(([account]) => title.endsWith(` of ${account}`));
      return own?.[1] ?? this.answer({ title });
    });
    this.#replace(window, 'showQuickPick', async (items: unknown, options: unknown) => {
      this.note('showQuickPick', JSON.stringify([await items, options]));
      return undefined;
    });
    this.#replace(window, 'setStatusBarMessage', (text: string) => {
      this.note('setStatusBarMessage', text);
      return new vscode.Disposable(() => undefined);
    });
    for (const name of ['createQuickPick', 'createInputBox'] as const) {
      const create = (window[name] as () => vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox).bind(window);
      this.#replace(window, name, () => {
        const input = create();
        const show = input.show.bind(input);
        input.show = () => {
          show();
          const items = 'items' in input ? input.items : [];
          this.note(name, JSON.stringify([input.title, input.placeholder, input.value, items]));
          setTimeout(() => input.hide(), 200);
        };
        return input;
      });
    }
    this.#replace(vscode.env as unknown as Replaced, 'openExternal', (uri: vscode.Uri) =>
      this.onOpenExternal(uri.toString(true)),
    );
    this.#replace(vscode.authentication as unknown as Replaced, 'getSession', async () => ({
      accessToken: this.session,
    }));
  }

  /** All that was shown or given. */
  get texts(): readonly (readonly [place: string, text: string])[] {
    return this.#texts;
  }

  note(place: string, text: string): void {
    this.#texts.push([place, text]);
  }

  /**
   * Keeps what a log is told, at the level that shows most: the server build of VS Code writes no file of it.
   */
  record(log: vscode.LogOutputChannel): void {
    const channel = log as unknown as Replaced;
    for (const name of ['trace', 'debug', 'info', 'warn', 'error', 'append', 'appendLine']) {
      const write = channel[name] as (...args: unknown[]) => void;
      this.#replace(channel, name, (...args: unknown[]) => {
        this.note('the log', args.map(String).join(' '));
        write.apply(log, args);
      });
    }
    const level = Object.getOwnPropertyDescriptor(log, 'logLevel');
    Object.defineProperty(log, 'logLevel', { configurable: true, get: () => vscode.LogLevel.Trace });
    this.#undo.push(() => {
      Reflect.deleteProperty(log, 'logLevel');
      if (level) {
        Object.defineProperty(log, 'logLevel', level);
      }
    });
  }

  dispose(): void {
    for (const step of this.#undo.reverse()) {
      step();
    }
  }

  #replace(owner: Replaced, name: string, replacement: unknown): void {
    const before = owner[name];
    owner[name] = replacement;
    this.#undo.push(() => {
      owner[name] = before;
    });
  }
}
