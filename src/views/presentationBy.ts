import * as vscode from 'vscode';
import type { Clock } from '../jobs/clock.ts';
import { knownLocale } from './format.ts';
import type { PresentationContext } from './jobPresentation.ts';

/** The person's language, and the time that it is whenever something is drawn. */
export function presentationBy(
  clock: Clock,
  capabilitiesOf: PresentationContext['capabilitiesOf'],
): () => PresentationContext {
  return () => ({ l10n: vscode.l10n, locale: knownLocale(vscode.env.language), now: clock.now(), capabilitiesOf });
}
