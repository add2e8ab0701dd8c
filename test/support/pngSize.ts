import { readFileSync } from 'node:fs';

const signature = '89504e470d0a1a0a';

/** Width and height of a PNG of the project, in pixels, as its header says. */
export function sizeOf(path: string): { width: number; height: number } {
  const bytes = readFileSync(new URL(`../../${path}`, import.meta.url));
  if (bytes.toString('hex', 0, 8) !== signature || bytes.toString('latin1', 12, 16) !== 'IHDR') {
    throw new Error(`${path} is no PNG.`);
  }
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}
