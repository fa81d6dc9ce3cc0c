import type { CollectionName, Query } from './ast.ts';
import type { Collection } from './collection.ts';
import type { Page, PageRequest } from './page.ts';
import type { Relations } from './relations.ts';
import { run } from './run.ts';

/** Room: one collection and what is known about its rows. */
export class Shelf<R> {
  readonly #collection: Collection<R>;
  readonly #relations: Relations;

  constructor(collection: Collection<R>, relations: Relations) {
    this.#collection = collection;
    this.#relations = relations;
  }

  get name(): CollectionName {
    return this.#collection.name;
  }

  /** One page of an answer; yields between slices. Throws ArgumentInvalid. */
  *run(query: Query, request: PageRequest): Generator<void, Page> {
    return yield* run(query, request, {
      collection: this.#collection,
      relations: this.#relations,
      candidates: undefined,
      groups: undefined,
      effort: { examined: 0 },
    });
  }
}
