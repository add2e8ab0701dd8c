/**
 * Records the curves of progress anew, e.g. after a change of the emulator's simulation. Run by hand:
 * `node test/support/recordCurves.ts`, then format the files with Biome.
 */
import { writeFileSync } from 'node:fs';
import { curveFile, curveNames, recordCurve } from './curves.ts';

for (const name of curveNames) {
  const curve = recordCurve(name);
  writeFileSync(curveFile(name), `${JSON.stringify(curve, null, 2)}\n`);
  console.log(`${name}: ${curve.percents.length} readings, ended after ${curve.endedAt} s`);
}
