import { packageExtension } from '../lib/packageExtension.ts';

const { path, entries, bytes } = await packageExtension();
for (const entry of entries.toSorted()) {
  console.log(`  ${entry}`);
}
console.log(`${path}: ${entries.length} files, ${Math.round(bytes / 1024)} kB`);
