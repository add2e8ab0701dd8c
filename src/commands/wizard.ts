import * as vscode from 'vscode';
import { DisposableStore } from '../jobs/lifecycle.ts';
import type { TextField } from './accountForm.ts';

/** What a step of a wizard came to. */
export type StepResult<T> =
  | { readonly kind: 'next'; readonly value: T }
  | { readonly kind: 'back' }
  | { readonly kind: 'cancel' };

/** Where a step stands among the others. */
export interface StepPlace {
  readonly title: string;
  readonly step: number;
  /** `undefined` where the first answer says how many there are. */
  readonly totalSteps: number | undefined;
}

/** Asks for one text. */
export function askText(place: StepPlace, field: TextField, value: string | undefined): Promise<StepResult<string>> {
  const box = vscode.window.createInputBox();
  box.prompt = field.prompt;
  box.placeholder = field.placeholder;
  box.password = field.isSecret ?? false;
  box.value = value ?? field.suggestion;
  return ask(box, place, (finish) => [
    box.onDidChangeValue(() => {
      box.validationMessage = undefined;
    }),
    box.onDidAccept(() => {
      const problem = field.validate(box.value);
      if (problem === undefined) {
        finish({ kind: 'next', value: box.value });
      } else {
        box.validationMessage = problem;
      }
    }),
  ]);
}

/** Asks for one of several things. */
export function askChoice<T extends vscode.QuickPickItem>(
  place: StepPlace,
  placeholder: string,
  items: readonly T[],
  active: T | undefined,
): Promise<StepResult<T>> {
  const pick = vscode.window.createQuickPick<T>();
  pick.placeholder = placeholder;
  pick.items = items;
  pick.matchOnDetail = true;
  if (active) {
    pick.activeItems = [active];
  }
  return askPick(pick, place, (item) => item);
}

/**
 * Asks with a list that may still be filling.
 * @param meaningOf gives what an item means; `undefined` for one that is only there to be read
 * @param onShown is called once the list is there
 */
export function askPick<T extends vscode.QuickPickItem, V>(
  pick: vscode.QuickPick<T>,
  place: StepPlace,
  meaningOf: (item: T) => V | undefined,
  onShown: () => void = () => undefined,
): Promise<StepResult<V>> {
  const result = ask<V>(pick, place, (finish) => [
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      const value = item && meaningOf(item);
      if (value !== undefined) {
        finish({ kind: 'next', value });
      }
    }),
  ]);
  onShown();
  return result;
}

function ask<T>(
  input: Pick<
    vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox,
    | 'title'
    | 'step'
    | 'totalSteps'
    | 'ignoreFocusOut'
    | 'buttons'
    | 'onDidTriggerButton'
    | 'onDidHide'
    | 'show'
    | 'dispose'
  >,
  place: StepPlace,
  listen: (finish: (result: StepResult<T>) => void) => vscode.Disposable[],
): Promise<StepResult<T>> {
  input.title = place.title;
  // A number alone, where nobody knows of how many, says nothing.
  input.step = place.totalSteps === undefined ? undefined : place.step;
  input.totalSteps = place.totalSteps;
  // People look things up elsewhere while they answer.
  input.ignoreFocusOut = true;
  input.buttons = place.step > 1 ? [vscode.QuickInputButtons.Back] : [];
  const disposables = new DisposableStore();
  disposables.add(input);
  return new Promise<StepResult<T>>((resolve) => {
    for (const subscription of listen(resolve)) {
      disposables.add(subscription);
    }
    disposables.add(
      input.onDidTriggerButton((button) => {
        if (button === vscode.QuickInputButtons.Back) {
          resolve({ kind: 'back' });
        }
      }),
    );
    disposables.add(input.onDidHide(() => resolve({ kind: 'cancel' })));
    input.show();
  }).finally(() => disposables.dispose());
}
