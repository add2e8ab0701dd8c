import { readdir, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { inProject } from '../lib/project.ts';
import type { Figure } from './support/figure.ts';
import { summaryOf } from './support/statistics.ts';

const pictureFolders = ['media', 'media/walkthrough', 'docs/images'];
const codeTypes = new Set(['.cjs', '.js', '.css']);
const pictureTypes = new Set(['.png', '.svg', '.gif', '.jpg', '.webp']);

/** What is downloaded and loaded, in thousands of bytes. */
export const sizes: Figure = {
  name: 'sizes',
  async measure(bench) {
    const { entries } = await bench.packaged();
    const code = entries.filter(({ name }) => name.startsWith('extension/dist/') && codeTypes.has(extname(name)));
    const zipped = code.reduce((sum, { zippedBytes }) => sum + zippedBytes, 0);
    // The second is loaded right after activation, whatever happens.
    const main = await Promise.all(['extension.cjs', 'core.cjs'].map((name) => stat(inProject('dist', name))));
    const pictures = (await Promise.all(pictureFolders.map(picturesIn))).flat();
    const kilobytes = (bytes: number) => summaryOf([bytes / 1000]);
    return [
      {
        what: 'main bundle with the core, minified',
        value: kilobytes(main.reduce((sum, { size }) => sum + size, 0)),
        unit: 'kB',
        bar: 62,
      },
      { what: `code in the VSIX, zipped (${code.length} bundles)`, value: kilobytes(zipped), unit: 'kB', bar: 385 },
      { what: `largest of ${pictures.length} pictures`, value: kilobytes(Math.max(...pictures)), unit: 'kB', bar: 50 },
    ];
  },
};

async function picturesIn(folder: string): Promise<number[]> {
  const names = (await readdir(inProject(folder))).filter((name) => pictureTypes.has(extname(name)));
  return Promise.all(names.map(async (name) => (await stat(inProject(folder, name))).size));
}
