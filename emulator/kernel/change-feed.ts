import type { Json } from '../../protocol/json.ts';
import type { RowChange, Store, StoreListener } from './store.ts';

/** How the values of a space are written as JSON. */
export interface Codec<V> {
  /** Counts up when the form changes, so that older data can be recognized. */
  readonly version: number;
  toJson(value: V): Json;
  /** Text of what `toJson` gives, for values that have some of it as text already. */
  toText?(value: V): string;
  /** The same with the names of all members, where `toJson` leaves them out: for people, and to find secrets by name. */
  toNamedJson?(value: V): Json;
  /** `json` may have an earlier form, or names. */
  fromJson(json: Json): V;
  /** How a change of a value is written, where that is much shorter than the value. */
  readonly changes?: ChangeCodec<V> | undefined;
}

/** How changes of values are written as JSON. */
export interface ChangeCodec<V> {
  /** As text: some of it may be there as text. */
  toText(before: V, after: V): string;
  /** What `json` makes of `before`. */
  apply(before: V, json: Json): V;
}

/** A value that has changed. */
export interface Change<V> {
  readonly before: V;
  readonly after: V;
}

/** Rows of other spaces whose changes follow from those of the row with the same key: they are written once. */
export interface Telling<V, Other> {
  readonly spaces: readonly string[];
  /** True if the change of a row tells that of the other one. */
  isTold(change: Change<V>, other: Change<Other>): boolean;
  /** What `json`, the change of the row, makes of the other one. */
  apply(before: Other, json: Json): Other;
}

/** For values that are JSON already. Members that are undefined are left out. */
export const plainJson = <V>(): Codec<V> => ({
  version: 1,
  toJson: (value) => value as Json, // the room keeps nothing else in it
  fromJson: (json) => json as V, // written by toJson
});

/** A store under a name: part of the state that one room owns. */
export interface KeySpace<V = unknown> extends Store<V>, Codec<V> {
  readonly name: string;
  toText(value: V): string;
  toNamedJson(value: V): Json;
  /** Written as methods, so that spaces of any values are spaces of unknown ones. */
  readonly tells?: Telling<V, unknown> | undefined;
}

export const keySpace = <V>(name: string, store: Store<V>, codec: Codec<V> = plainJson()): KeySpace<V> => ({
  name,
  version: codec.version,
  toJson: (value) => codec.toJson(value),
  toText: (value) => codec.toText?.(value) ?? JSON.stringify(codec.toJson(value)),
  toNamedJson: (value) => codec.toNamedJson?.(value) ?? codec.toJson(value),
  fromJson: (json) => codec.fromJson(json),
  changes: codec.changes,
  setListener: (listener) => store.setListener(listener),
  entries: () => store.entries(),
  load: (change) => store.load(change),
  copy: () => store.copy(),
  restore: (copy) => store.restore(copy),
});

/** A change of a row of one of the spaces `S`, which maps names to values. */
export type ChangeOf<S> = { [N in keyof S & string]: RowChange<S[N]> & { readonly space: N } }[keyof S & string];

type AnyChange = RowChange<unknown> & { readonly space: string };

/** `before`: the value of the row until now, in the same place; undefined if there was none, or if it is not known. */
export type ChangeListener<C extends AnyChange> = (change: C, before: C['value']) => void;

/** Says who gets the changes of a space. */
export type Follower = (space: KeySpace) => StoreListener<unknown>;

/**
 * Publishes every change of the state, row by row and in order: the basis of storage, history and pages. Listeners are
 * called at once, within the operation that changes the state; they only observe and must not change it. Without
 * listeners, a change costs one comparison more.
 */
export class ChangeFeed<C extends AnyChange> {
  readonly #spaces: ReadonlyMap<string, KeySpace>;
  readonly #failed: (error: unknown) => void;
  #followers: readonly Follower[] = [];

  /** `failed` gets what a listener throws. */
  constructor(spaces: readonly KeySpace[], failed: (error: unknown) => void) {
    this.#spaces = new Map(spaces.map((space) => [space.name, space]));
    this.#failed = failed;
  }

  get spaces(): readonly KeySpace[] {
    return [...this.#spaces.values()];
  }

  /** Throws a RangeError for an unknown name. */
  space(name: string): KeySpace {
    const space = this.#spaces.get(name);
    if (space === undefined) throw new RangeError(`There is no key space ${name}`);
    return space;
  }

  /** Calls `listener` for each change. Returns the way to stop. */
  listen(listener: ChangeListener<C>): () => void {
    return this.follow(({ name: space }) => (key, value, place, before) => {
      listener(changeOf<C>({ space, key, value, place }), before as C['value']); // of the same space
    });
  }

  /** As `listen`, but space by space, and without an object for each change: there are many of them. */
  follow(follower: Follower): () => void {
    this.#connect([...this.#followers, follower]);
    return () => this.#connect(this.#followers.filter((one) => one !== follower));
  }

  /**
   * A full copy: every row of every space, as the change that creates it. It may be written over several turns of the
   * event loop: load the changes since its beginning after it. Changes that the copy contains already do no harm.
   */
  *entries(): Generator<C> {
    for (const space of this.#spaces.values())
      for (const { key, value, place } of space.entries()) yield changeOf<C>({ space: space.name, key, value, place });
  }

  /** Takes over a change of another feed. Throws a RangeError for an unknown space. */
  load(change: C): void {
    this.space(change.space).load(change);
  }

  #connect(followers: readonly Follower[]): void {
    this.#followers = followers;
    for (const space of this.#spaces.values()) {
      const listeners = followers.map((follower) => follower(space));
      space.setListener(listeners.length === 0 ? undefined : this.#tellAll(listeners));
    }
  }

  #tellAll(listeners: readonly StoreListener<unknown>[]): StoreListener<unknown> {
    return (key, value, place, before) => {
      for (const listener of listeners) {
        try {
          listener(key, value, place, before);
        } catch (error) {
          this.#failed(error);
        }
      }
    };
  }
}

/** Each space publishes only its own values, so name and value fit together. */
const changeOf = <C extends AnyChange>(change: AnyChange): C => change as C;
