/** A link, say, that is opened when it is first needed, and kept. It is opened again if that failed, or once it has ended. */
export class Kept<T extends { readonly isOpen: boolean }> {
  readonly #open: () => Promise<T>;
  #value: Promise<T> | undefined;

  constructor(open: () => Promise<T>) {
    this.#open = open;
  }

  /** What is open or being opened; undefined if there is nothing. */
  get current(): Promise<T> | undefined {
    return this.#value;
  }

  async get(): Promise<T> {
    const current = this.#value;
    if (current && !(await current).isOpen) this.forget(current);
    return this.#value ?? this.#start();
  }

  /** Opens another one next time, unless another one than `value` is kept by now. */
  forget(value = this.#value): void {
    if (this.#value === value) this.#value = undefined;
  }

  #start(): Promise<T> {
    const opening = this.#open();
    this.#value = opening;
    opening.catch(() => this.forget(opening));
    return opening;
  }
}
