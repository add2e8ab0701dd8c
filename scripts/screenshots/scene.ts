import type { Locator } from 'playwright-core';
import type { JourneyWindow, ThemeKind } from '../../test/journeys/support/journeyWindow.ts';
import type { PictureAccount } from './pictureAccount.ts';

/** A picture: how the window gets there, and which part of it is taken. */
export interface Scene {
  /** Its files are `<name>-<theme>.png`. */
  readonly name: string;
  readonly purpose: Purpose;
  /** What the settings have: an account on an emulator, one of each service, or none. */
  readonly account: 'emulator' | 'ofEachService' | 'none';
  /** Of the window, in pixels of the page. */
  readonly size: { readonly width: number; readonly height: number };
  /** Does what a person does to get there, in a window that has just been opened. Each theme is then a picture of it. */
  readonly show: (window: JourneyWindow, account: PictureAccount) => Promise<void>;
  /** Points at something, for each theme anew. Without it the pointer is out of the way. */
  readonly pointAt?: (window: JourneyWindow) => Promise<unknown>;
  /** The picture is the least that has all of these in it; the whole window if not given. */
  readonly parts?: (window: JourneyWindow) => readonly Locator[];
  /** Pixels of the page around the parts; 0 if not given. */
  readonly margin?: number;
}

export type Purpose = 'readme' | 'walkthrough';

/** Where pictures go, and how they are taken. What is in `media` is in the package, what is in `docs` is not. */
export const purposes: Readonly<
  Record<
    Purpose,
    {
      readonly folder: string;
      readonly themes: readonly ThemeKind[];
      /** Dots to a pixel of the page. */
      readonly scale: number;
      /** How many text with its smooth edges and a few icons are left, as compared by eye. */
      readonly colours: number;
    }
  >
> = {
  // A page shows it dot by dot.
  readme: { folder: 'docs/images', themes: ['dark', 'light'], scale: 1.2, colours: 48 },
  // VS Code shrinks it to the width that it has.
  walkthrough: {
    folder: 'media/walkthrough',
    themes: ['dark', 'light', 'highContrast', 'highContrastLight'],
    scale: 2,
    colours: 48,
  },
};

/** No picture is larger, in bytes. */
export const maxPictureBytes = 50_000;

/** Themes in the names of files: those that a walkthrough knows. */
const themeNames: Readonly<Record<ThemeKind, string>> = {
  dark: 'dark',
  light: 'light',
  highContrast: 'hc',
  highContrastLight: 'hcLight',
};

/** The path of a picture from the root of the project. */
export function picturePath({ name, purpose }: Pick<Scene, 'name' | 'purpose'>, theme: ThemeKind): string {
  return `${purposes[purpose].folder}/${name}-${themeNames[theme]}.png`;
}
