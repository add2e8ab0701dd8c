import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { vscodeVersion } from '../../test/host/vscodeServer.ts';
import { figures } from '../bench/figures.ts';
import type { Bench, Measurement } from '../bench/support/figure.ts';
import { describeMachine, jsonOf, tableOf } from '../bench/support/report.ts';
import { type ExtensionPackage, packageExtension } from '../lib/packageExtension.ts';
import { extensionVersion, inProject } from '../lib/project.ts';

/**
 * Measures what the extension costs, all figures or those that are named, and asserts nothing: it fails only where it
 * could not measure.
 */
const names = process.argv.slice(2);
const unknown = names.filter((name) => !figures.some((figure) => figure.name === name));
if (unknown.length > 0) {
  throw new Error(`There is no figure ${unknown.join(', ')}. There are ${figures.map(({ name }) => name).join(', ')}.`);
}
const selected = figures.filter(({ name }) => names.length === 0 || names.includes(name));

let extensionPackage: Promise<ExtensionPackage> | undefined;
const bench: Bench = {
  packaged: () => {
    extensionPackage ??= packageExtension();
    return extensionPackage;
  },
  print: (text) => console.log(text),
};

const measurements: Measurement[] = [];
for (const figure of selected) {
  const began = performance.now();
  console.log(`${figure.name} …`);
  const measured = await figure.measure(bench);
  measurements.push(...measured);
  console.log(`${tableOf(measured)}\n${((performance.now() - began) / 1000).toFixed(1)} s\n`);
}

const machine = describeMachine({ vscode: vscodeVersion, extension: await extensionVersion() });
console.log(tableOf(measurements));
for (const { what, note } of measurements) {
  if (note !== undefined) {
    console.log(`${what}: ${note}`);
  }
}
console.log(
  `\n${machine.cpus} × ${machine.cpu}, ${machine.memoryGB} GB, ${machine.system}, Node ${machine.node}, ` +
    `VS Code ${machine.vscode}, extension ${machine.extension}, ${machine.date}`,
);
const file = inProject('out', 'bench.json');
await mkdir(dirname(file), { recursive: true });
await writeFile(file, jsonOf(machine, measurements));
console.log(`The same as JSON: ${file}`);
