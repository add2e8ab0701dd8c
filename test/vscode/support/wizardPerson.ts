import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** What a step shows, as a person sees it. */
export interface SeenStep {
  readonly kind: 'list' | 'box';
  readonly title: string;
  readonly prompt: string;
  readonly step: number | undefined;
  readonly totalSteps: number | undefined;
  readonly items: readonly vscode.QuickPickItem[];
  readonly value: string;
  readonly isPassword: boolean;
  readonly hasBack: boolean;
}

/** What a person does at a step: picks the item of this label, enters this text, goes back, or gives up. */
export type Answer = { readonly pick: string } | { readonly enter: string } | 'back' | 'cancel';

type Replaced = Record<string, unknown>;
type Input = vscode.QuickPick<vscode.QuickPickItem> & vscode.InputBox;

/**
 * Goes through wizards as a person does: nothing in a test can type into the boxes of VS Code, so lists and boxes are stood
 * in for by ones that answer by themselves. A step that refuses an answer is answered again, with what it says kept.
 */
export class WizardPerson {
  readonly steps: SeenStep[] = [];
  readonly refusals: string[] = [];
  readonly #answers: Answer[];
  readonly #undo: (() => void)[] = [];

  constructor(answers: readonly Answer[]) {
    this.#answers = [...answers];
    const window = vscode.window as unknown as Replaced;
    this.#replace(window, 'createQuickPick', () => this.#input('list'));
    this.#replace(window, 'createInputBox', () => this.#input('box'));
  }

  /** All answers were given. */
  get isDone(): boolean {
    return this.#answers.length === 0;
  }

  dispose(): void {
    for (const undo of this.#undo) {
      undo();
    }
  }

  #input(kind: SeenStep['kind']): Input {
    const events = { accept: new vscode.EventEmitter<void>(), value: new vscode.EventEmitter<string>() };
    const [hide, button] = [new vscode.EventEmitter<void>(), new vscode.EventEmitter<vscode.QuickInputButton>()];
    const input = {
      ...{ title: '', prompt: '', placeholder: '', value: '', password: false, busy: false, buttons: [], items: [] },
      ...{ selectedItems: [], activeItems: [], validationMessage: undefined, step: undefined, totalSteps: undefined },
      onDidAccept: events.accept.event,
      onDidChangeValue: events.value.event,
      onDidHide: hide.event,
      onDidTriggerButton: button.event,
      dispose: () => undefined,
    } as unknown as Input & { selectedItems: readonly vscode.QuickPickItem[] };
    const act = async (): Promise<void> => {
      // A list may fill later.
      for (let turns = 0; input.busy && turns < 500; turns++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      this.steps.push({
        kind,
        title: input.title ?? '',
        prompt: (kind === 'list' ? input.placeholder : input.prompt) ?? '',
        step: input.step,
        totalSteps: input.totalSteps,
        items: [...input.items],
        value: input.value,
        isPassword: input.password,
        hasBack: input.buttons.includes(vscode.QuickInputButtons.Back),
      });
      const answer = this.#answers.shift() ?? 'cancel';
      if (answer === 'cancel') {
        hide.fire();
      } else if (answer === 'back') {
        button.fire(vscode.QuickInputButtons.Back);
      } else if ('pick' in answer) {
        const item = input.items.find(({ label }) => label.includes(answer.pick));
        assert.ok(item, `${answer.pick} is among ${input.items.map(({ label }) => label).join(', ')}`);
        input.selectedItems = [item];
        events.accept.fire();
      } else {
        input.value = answer.enter;
        events.value.fire(answer.enter);
        events.accept.fire();
        if (input.validationMessage !== undefined) {
          const message = input.validationMessage;
          this.refusals.push(typeof message === 'string' ? message : message.message);
          await act();
        }
      }
    };
    input.show = () => {
      // Whoever shows it goes on first.
      setTimeout(() => void act(), 0);
    };
    return input;
  }

  #replace(object: Replaced, name: string, by: unknown): void {
    const before = object[name];
    object[name] = by;
    this.#undo.push(() => {
      object[name] = before;
    });
  }
}
