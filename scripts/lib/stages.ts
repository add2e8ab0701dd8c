import { type Counts, oneFailed } from './counts.ts';

/** One part of the tests. It prints through `print` alone, so that stages that run side by side can be told apart. */
export interface Stage {
  readonly name: string;
  run(print: (text: string) => void): Promise<Counts>;
}

export interface StageResult extends Counts {
  readonly name: string;
  readonly seconds: number;
}

/** Runs a stage; one that throws has failed once, and the ones after it run all the same. */
export async function runStage(stage: Stage, print: (text: string) => void): Promise<StageResult> {
  const started = performance.now();
  print(`\n── ${stage.name}\n`);
  const counts = await stage.run(print).catch((error: unknown) => {
    print(`${error instanceof Error ? error.message : String(error)}\n`);
    return oneFailed;
  });
  return { name: stage.name, ...counts, seconds: (performance.now() - started) / 1_000 };
}

export function lineOf({ name, passed, failed, seconds }: StageResult): string {
  return `${name.padEnd(10)}${passed} passed, ${failed} failed in ${seconds.toFixed(1)} s`;
}
