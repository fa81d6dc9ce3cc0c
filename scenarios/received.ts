/** The values that a listener was called with, to await one after the other. */
export class Received<T> {
  readonly #values: T[] = [];
  #wake: (() => void) | undefined;

  readonly listener = (value: T): void => {
    this.#values.push(value);
    this.#wake?.();
  };

  /** The next value, received already or yet to come. */
  async next(): Promise<T> {
    while (this.#values.length === 0)
      await new Promise<void>((done) => {
        this.#wake = done;
      });
    const [first] = this.#values.splice(0, 1);
    return first as T; // there is one, or the loop would go on
  }
}
