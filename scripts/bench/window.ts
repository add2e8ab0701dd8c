import { setTimeout as sleep } from 'node:timers/promises';
import { allOn } from '../../src/emulator/dialects.ts';
import { type RunningEmulator, startEmulator } from '../../src/emulator/emulator.ts';
import { emulatorAccount } from '../../test/journeys/support/emulatorAccount.ts';
import { type JourneyWindow, openJourneyWindow } from '../../test/journeys/support/journeyWindow.ts';
import type { Bench, Figure, Measurement } from './support/figure.ts';
import { onResponse } from './support/responses.ts';
import { percentile, summaryOf } from './support/statistics.ts';

const changes = 21;
const intervalMs = 5_000;
const allowanceMs = 300;
const jobName = 'Watched';
/** Of a task that takes so long, a step of this size is 2 %. */
const taskMs = 1_000_000;
const stepMs = taskMs / 50;
const lookEveryMs = 50;
const changeTimeoutMs = 60_000;

const places = {
  'status bar': '.statusbar-item[id*="mediaServices.trackedJob"]',
  'row of the panel': '.part.sidebar .customview-tree .monaco-list-row',
} as const;
type Place = keyof typeof places;
const placeNames = Object.keys(places) as Place[];

/** One change of a job's progress, Unix milliseconds of the one clock that emulator and browser share. */
interface Change {
  readonly madeAt: number;
  /** When the first answer with it began. */
  readonly answeredAt: number;
  readonly shownAt: Readonly<Record<Place, number>>;
}

/** How soon people see a change: in the real window, with the packaged extension, from a job that is tracked and listed. */
export const window: Figure = {
  name: 'window',
  async measure(bench: Bench) {
    const { path: vsix } = await bench.packaged();
    const service = await SteppedJob.start();
    try {
      const { settings, env } = emulatorAccount(service.emulator.connection);
      const intervals = {
        'mediaServices.refresh.interval': intervalMs / 1000,
        'mediaServices.refresh.trackedInterval': intervalMs / 1000,
      };
      const opened = await openJourneyWindow({
        vsix,
        settings: { ...settings, ...intervals },
        env,
        report: bench.print,
      });
      try {
        await trackInPanel(opened);
        return measurementsOf(await watchChanges(opened, service, bench));
      } finally {
        await opened.dispose();
      }
    } finally {
      await service.dispose();
    }
  },
};

/** A job at an emulator whose clock stands still but for the steps that are made here. */
class SteppedJob {
  readonly emulator: RunningEmulator;
  readonly #id: string;
  readonly #setNow: (now: number) => void;
  #now: number;

  private constructor(emulator: RunningEmulator, id: string, now: number, setNow: (now: number) => void) {
    this.emulator = emulator;
    this.#id = id;
    this.#now = now;
    this.#setNow = setNow;
  }

  static async start(): Promise<SteppedJob> {
    let now = Date.now();
    const dialects = { ...allOn, throttle: null };
    const emulator = await startEmulator({ now: () => now, jobs: 0, arrivalsPerMinute: 0, dialects });
    const id = emulator.simulation.add({
      name: jobName,
      tasks: [{ name: 'Encode', durationMs: taskMs, curve: 'steady' }],
    });
    const job = new SteppedJob(emulator, id, now, (next) => {
      now = next;
    });
    job.step();
    job.step();
    return job;
  }

  get progress(): number {
    return this.#task.progress;
  }

  step(): void {
    this.#now += stepMs;
    this.#setNow(this.#now);
    this.emulator.simulation.advanceTo(this.#now);
  }

  /** Whether an answer of the emulator has the task's present progress. */
  isIn(body: string): boolean {
    const { id, progress } = this.#task;
    if (!body.includes(id)) {
      return false;
    }
    const { value } = JSON.parse(body) as { value?: readonly { Id: string; Progress?: number }[] };
    return value?.some((row) => row.Id === id && row.Progress === progress) ?? false;
  }

  dispose(): Promise<void> {
    return this.emulator.close();
  }

  get #task(): { readonly id: string; readonly progress: number } {
    const [task] = this.emulator.simulation.find(this.#id)?.tasks() ?? [];
    if (!task) {
      throw new Error('The watched job is gone.');
    }
    return task;
  }
}

async function trackInPanel(window: JourneyWindow): Promise<void> {
  await window.activityBar.open('Media Services');
  await window.widenSideBar(640);
  await window.jobs.waitForRow(jobName);
  await window.runCommand('Media Services: Check Job Progress');
  await window.quickInput.type(jobName);
  await window.quickInput.pick(jobName);
  await window.statusBar.trackedJob.waitForText(/\d+\s?%/);
}

async function watchChanges(window: JourneyWindow, job: SteppedJob, bench: Bench): Promise<Change[]> {
  let answeredAt: number | null = null;
  const watching = onResponse(({ at, body }) => {
    if (answeredAt === null && job.isIn(body)) {
      answeredAt = at;
    }
  });
  try {
    const texts = await ShownTexts.watch(window);
    const done: Change[] = [];
    for (let change = 0; change < changes; change++) {
      // At another moment of the interval each time, beginning with the text that ended the last.
      await sleep((intervalMs * change) / changes);
      await texts.read();
      const before = new Map(placeNames.map((place) => [place, texts.percentIn(place)]));
      answeredAt = null;
      const madeAt = Date.now();
      job.step();
      const shownAt = await texts.changed(before);
      if (answeredAt === null) {
        throw new Error(`The window shows ${job.progress} % although no answer said so.`);
      }
      done.push({ madeAt, answeredAt, shownAt });
      const behind = placeNames.map((place) => `${place} ${shownAt[place] - (answeredAt ?? 0)} ms`).join(', ');
      bench.print(`  ${change + 1} of ${changes}: answered after ${answeredAt - madeAt} ms, then ${behind}`);
    }
    return done;
  } finally {
    watching.dispose();
  }
}

interface ShownText {
  readonly place: Place;
  readonly at: number;
  readonly percent: string;
}

/** What the page shows at the two places, with the moment that its document has it. */
class ShownTexts {
  readonly #window: JourneyWindow;
  readonly #latest = new Map<Place, ShownText>();

  private constructor(window: JourneyWindow) {
    this.#window = window;
  }

  static async watch(window: JourneyWindow): Promise<ShownTexts> {
    // A string, because it runs in the page and has nothing of this file.
    await window.page.evaluate(`(() => {
      const places = ${JSON.stringify(places)};
      const last = {};
      const shown = (globalThis.benchShown = []);
      const look = () => {
        for (const [place, selector] of Object.entries(places)) {
          const texts = [...document.querySelectorAll(selector)].map((element) => element.textContent);
          const text = texts.find((candidate) => candidate.includes(${JSON.stringify(jobName)})) ?? '';
          const percent = /(\\d+)\\s?%/.exec(text)?.[1];
          if (percent !== undefined && percent !== last[place]) {
            last[place] = percent;
            shown.push({ place, at: Date.now(), percent });
          }
        }
      };
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
      look();
    })()`);
    const texts = new ShownTexts(window);
    await texts.read();
    for (const place of placeNames) {
      texts.percentIn(place);
    }
    return texts;
  }

  async read(): Promise<void> {
    const shown = (await this.#window.page.evaluate('globalThis.benchShown.splice(0)')) as ShownText[];
    for (const text of shown) {
      this.#latest.set(text.place, text);
    }
  }

  percentIn(place: Place): string {
    const text = this.#latest.get(place);
    if (!text) {
      throw new Error(`The ${place} shows no percent.`);
    }
    return text.percent;
  }

  /** When each place began to show another percent than this. */
  async changed(before: ReadonlyMap<Place, string>): Promise<Record<Place, number>> {
    const end = Date.now() + changeTimeoutMs;
    for (;;) {
      await this.read();
      const moments = placeNames.flatMap((place) => {
        const text = this.#latest.get(place);
        return text && text.percent !== before.get(place) ? [[place, text.at] as const] : [];
      });
      if (moments.length === placeNames.length) {
        return Object.fromEntries(moments) as Record<Place, number>;
      }
      if (Date.now() > end) {
        throw new Error(`The window does not show the change in time.\n${this.#window.serverOutput}`);
      }
      await sleep(lookEveryMs);
    }
  }
}

function measurementsOf(done: readonly Change[]): Measurement[] {
  const line = (what: string, samples: readonly number[], bar: number, note?: string): Measurement => ({
    what,
    value: summaryOf(samples),
    unit: 'ms',
    bar,
    statistic: { name: 'p95', value: percentile(samples, 0.95) },
    ...(note === undefined ? {} : { note }),
  });
  return placeNames.flatMap((place) => [
    line(
      `first byte of the answer with a change → text, ${place}`,
      done.map(({ answeredAt, shownAt }) => shownAt[place] - answeredAt),
      allowanceMs,
      'from before the emulator sends the answer to the change of the document, on the one clock of the machine',
    ),
    line(
      `change → text, ${place}, interval ${intervalMs / 1000} s`,
      done.map(({ madeAt, shownAt }) => shownAt[place] - madeAt),
      intervalMs + allowanceMs,
    ),
  ]);
}
