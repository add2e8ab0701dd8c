import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { describe, test } from 'node:test';
import { maxPictureBytes, picturePath, purposes } from '../../scripts/screenshots/scene.ts';
import { scenes } from '../../scripts/screenshots/scenes.ts';
import { smallPng } from '../../scripts/screenshots/smallPng.ts';
import { manifest, projectText } from '../support/manifest.ts';
import { sizeOf } from '../support/pngSize.ts';

const paths = scenes
  .flatMap((scene) => purposes[scene.purpose].themes.map((theme) => picturePath(scene, theme)))
  .sort();

describe('pictures of README and walkthrough', () => {
  test('are those that "npm run screenshots" takes, and no others', () => {
    const folders = Object.values(purposes).map(({ folder }) => folder);
    const found = folders.flatMap((folder) =>
      readdirSync(new URL(`../../${folder}/`, import.meta.url)).map((name) => `${folder}/${name}`),
    );
    assert.deepEqual(found.sort(), paths);
    assert.equal(new Set(paths).size, paths.length);
  });

  test('are PNGs of at most their size', () => {
    for (const path of paths) {
      const { width, height } = sizeOf(path);
      const bytes = statSync(new URL(`../../${path}`, import.meta.url)).size;
      assert.ok(width > 400 && height > 150, `${path}: ${width} x ${height}`);
      assert.ok(bytes > 5_000 && bytes <= maxPictureBytes, `${path}: ${bytes} bytes`);
    }
  });

  test('of the README are all in it, and those that it has are all taken', () => {
    const linked = [...projectText('README.md').matchAll(/\]\((docs\/images\/[^)]+)\)/g)].map(([, path]) => path ?? '');
    assert.deepEqual(
      [...new Set(linked)].sort(),
      paths.filter((path) => path.startsWith('docs/')),
    );
  });

  test('of the walkthrough are all in it', () => {
    const used = manifest.contributes.walkthroughs.flatMap(({ steps }) =>
      steps.flatMap(({ media }) => Object.values(media.image)),
    );
    assert.deepEqual(
      used.sort(),
      paths.filter((path) => path.startsWith('media/')),
    );
  });
});

test('a PNG gets smaller, and stays as wide and high as it was', () => {
  // Two rows of four dots in two colours, as any encoder writes them.
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAIAAADwyuo0AAAAFElEQVR4nGNgYPj/n4EBSiJYDP8BZ7IH+Tgr3PgAAAAASUVORK5CYII=',
    'base64',
  );
  const small = smallPng(png, 16);
  assert.equal(small.readUInt32BE(16), 4);
  assert.equal(small.readUInt32BE(20), 2);
  assert.equal(small[25], 3, 'with a palette');
});
