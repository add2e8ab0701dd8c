import * as vscode from 'vscode';
import type { PresentationContext } from './jobPresentation.ts';

/** The person's language at this time (milliseconds since the Unix epoch). */
export function presentationAt(now: number): PresentationContext {
  return { l10n: vscode.l10n, locale: vscode.env.language, now };
}
