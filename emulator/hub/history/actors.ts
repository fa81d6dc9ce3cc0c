/** Who caused a write. */
export interface Actor {
  /** `program`: code in the process of the emulator, such as a test. `start`: what the history began with. */
  readonly kind: 'policy' | 'device' | 'job' | 'configuration' | 'admin' | 'program' | 'start';
  /** Of the policy, device or module, job or configurations. */
  readonly id?: string;
}

/** As traces and the documents of the history write an actor, such as `device d1`. */
export const actorText = ({ kind, id }: Actor): string => (id === undefined ? kind : `${kind} ${id}`);

/** The actor of such a text. */
export const actorFrom = (text: string): Actor => {
  const [kind = '', ...id] = text.split(' ');
  return { kind: kind as Actor['kind'], ...(id.length === 0 ? {} : { id: id.join(' ') }) }; // as it was written
};

/** The request by which somebody acts. */
export interface Via {
  /** Such as `/twins/d1`. */
  readonly path: string;
  /** The device or module that the path names. */
  readonly key?: string;
}

/** Who acts at present. Writes are synchronous, so one place to note it is enough. */
export class Actors {
  #current: Actor | undefined;
  #via: (() => Via) | undefined;

  get current(): Actor | undefined {
    return this.#current;
  }

  /** Undefined: by no request. */
  get via(): Via | undefined {
    return this.#via?.();
  }

  /**
   * Runs `run` for `actor`: all that is written before it returns, but not what a promise of it does later. `via` is asked only
   * while a trace is recorded.
   */
  as<T>(actor: Actor, run: () => T, via?: () => Via): T {
    const [outer, outerVia] = [this.#current, this.#via];
    this.#current = actor;
    this.#via = via;
    try {
      return run();
    } finally {
      this.#current = outer;
      this.#via = outerVia;
    }
  }
}
