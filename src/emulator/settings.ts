import { type ClockSetting, EmulatorClock } from './clock.ts';
import { chooseDialects, type DialectChoice, type Dialects } from './dialects.ts';
import { Faults } from './faults.ts';

/** What can be set while the emulator runs: its clock, its dialects, and what goes wrong. */
export class Settings {
  readonly clock: EmulatorClock;
  readonly faults = new Faults();
  readonly #onChange: () => void;
  #dialects: Dialects;

  constructor(options: {
    /** Unix milliseconds of real time. */
    readonly realNow: () => number;
    readonly clock: ClockSetting | null;
    readonly dialects: DialectChoice | undefined;
    /** Told when clock or dialects change, so that they can be kept; faults are not. */
    readonly onChange: () => void;
  }) {
    this.clock = new EmulatorClock(options.realNow, options.clock);
    this.#dialects = chooseDialects(options.dialects);
    this.#onChange = options.onChange;
  }

  get dialects(): Dialects {
    return this.#dialects;
  }

  change(dialects: Partial<Dialects>): void {
    this.#dialects = { ...this.#dialects, ...dialects };
    this.#onChange();
  }

  /** @param time Unix milliseconds; null for the real clock */
  setClock(to: { readonly time?: number; readonly speed?: number } | null): void {
    if (to) {
      this.clock.set(to);
    } else {
      this.clock.reset();
    }
    this.#onChange();
  }
}
