import { setTimeout } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Between two pictures of which the second must be like the first: longer than a scroll bar waits before it fades. */
const stillForMs = 800;
/** The longest that the window may go on changing. */
const restlessForMs = 10_000;

/** Takes a picture of the parts as soon as they hold still. */
export async function takePicture(page: Page, parts: readonly Locator[], margin: number): Promise<Buffer> {
  const take = async (): Promise<Buffer> => {
    const clip = parts.length === 0 ? {} : { clip: await boxAround(page, parts, margin) };
    return page.screenshot({ animations: 'disabled', caret: 'hide', ...clip });
  };
  let picture = await take();
  for (const began = performance.now(); performance.now() - began < restlessForMs; ) {
    await setTimeout(stillForMs);
    const next = await take();
    if (next.equals(picture)) {
      return picture;
    }
    picture = next;
  }
  throw new Error(`The window still changes after ${restlessForMs / 1_000} s.`);
}

/** Whole pixels, and no more than there are. */
async function boxAround(page: Page, parts: readonly Locator[], margin: number): Promise<Box> {
  const boxes = await Promise.all(
    parts.map(async (part) => {
      const box = (await part.isVisible()) ? await part.boundingBox({ timeout: stillForMs }) : null;
      if (!box) {
        throw new Error(`A part of the picture is not on the screen: ${part}`);
      }
      return box;
    }),
  );
  const size = page.viewportSize() ?? { width: Infinity, height: Infinity };
  const left = Math.max(0, Math.floor(Math.min(...boxes.map(({ x }) => x)) - margin));
  const top = Math.max(0, Math.floor(Math.min(...boxes.map(({ y }) => y)) - margin));
  const right = Math.min(size.width, Math.ceil(Math.max(...boxes.map(({ x, width }) => x + width)) + margin));
  const bottom = Math.min(size.height, Math.ceil(Math.max(...boxes.map(({ y, height }) => y + height)) + margin));
  return { x: left, y: top, width: right - left, height: bottom - top };
}
