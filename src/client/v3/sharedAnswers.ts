interface Flight<T> {
  readonly signal: AbortSignal | undefined;
  readonly answer: Promise<T>;
}

/**
 * Lets those who ask for the same thing together share one request. Only those with the same signal: whoever gives up
 * ends the request, and must not end that of others.
 */
export class SharedAnswers<T> {
  readonly #underWay = new Map<string, Flight<T>[]>();

  /** @param ask is called unless the same is under way */
  get(key: string, signal: AbortSignal | undefined, ask: () => Promise<T>): Promise<T> {
    const flights = this.#underWay.get(key) ?? [];
    const shared = flights.find((flight) => flight.signal === signal);
    if (shared) {
      return shared.answer;
    }
    const flight: Flight<T> = { signal, answer: ask() };
    this.#underWay.set(key, [...flights, flight]);
    const end = (): void => {
      const others = (this.#underWay.get(key) ?? []).filter((other) => other !== flight);
      if (others.length > 0) {
        this.#underWay.set(key, others);
      } else {
        this.#underWay.delete(key);
      }
    };
    flight.answer.then(end, end);
    return flight.answer;
  }
}
