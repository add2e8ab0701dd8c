import { packageExtension } from '../lib/packageExtension.ts';

const { path, entries, bytes } = await packageExtension();
for (const name of entries.map((entry) => entry.name).sort()) {
  console.log(`  ${name}`);
}
console.log(`${path}: ${entries.length} files, ${Math.round(bytes / 1024)} kB`);
