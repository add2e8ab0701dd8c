/** How an emulator's clock was set, so that it can be kept: `time` at `realTime`, from then on at `speed`. */
export interface ClockSetting {
  /** Unix milliseconds of the emulator's clock. */
  readonly time: number;
  /** Unix milliseconds of the real clock. */
  readonly realTime: number;
  /** How many times as fast as the real one; 0 stands still. */
  readonly speed: number;
}

/** The clock that jobs, tokens and Date headers go by: the real one until it is set. */
export class EmulatorClock {
  readonly #realNow: () => number;
  #setting: ClockSetting | null;

  /** @param realNow Unix milliseconds */
  constructor(realNow: () => number, setting: ClockSetting | null) {
    this.#realNow = realNow;
    this.#setting = setting;
  }

  /** Unix milliseconds. */
  now(): number {
    const setting = this.#setting;
    return setting ? Math.round(setting.time + (this.#realNow() - setting.realTime) * setting.speed) : this.#realNow();
  }

  get speed(): number {
    return this.#setting?.speed ?? 1;
  }

  /** Null while it is the real one. */
  get setting(): ClockSetting | null {
    return this.#setting;
  }

  /** @param time Unix milliseconds; from where it stands where undefined */
  set({ time = this.now(), speed = this.speed }: { readonly time?: number; readonly speed?: number }): void {
    this.#setting = { time, realTime: this.#realNow(), speed };
  }

  /** Back to the real one. */
  reset(): void {
    this.#setting = null;
  }
}
