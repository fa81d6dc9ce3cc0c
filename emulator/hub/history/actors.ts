/** Who caused a write. */
export interface Actor {
  /** `program`: code in the process of the emulator, such as a test. `start`: what the history began with. */
  readonly kind: 'policy' | 'device' | 'job' | 'configuration' | 'admin' | 'program' | 'start';
  /** Of the policy, device or module, job or configurations. */
  readonly id?: string;
}

/** Who acts at present. Writes are synchronous, so one place to note it is enough. */
export class Actors {
  #current: Actor | undefined;

  get current(): Actor | undefined {
    return this.#current;
  }

  /** Runs `run` for `actor`: all that is written before it returns, but not what a promise of it does later. */
  as<T>(actor: Actor, run: () => T): T {
    const outer = this.#current;
    this.#current = actor;
    try {
      return run();
    } finally {
      this.#current = outer;
    }
  }
}
