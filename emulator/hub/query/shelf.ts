import type { CollectionName, Expression, Query } from './ast.ts';
import type { Collection } from './collection.ts';
import { compileTest, type Test } from './evaluate.ts';
import type { Page, PageRequest } from './page.ts';
import type { Relations } from './relations.ts';
import { run } from './run.ts';
import { sweep } from './sweep.ts';

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

  /** Tells whether a row is meant, as it is now. */
  tester(where: Expression | undefined): Test<R> {
    return where === undefined ? () => true : compileTest(where, this.#collection);
  }

  /** The rows that are meant, as of the moment of the first step; yields between slices. */
  *select(where: Expression | undefined): Generator<void, readonly R[]> {
    const found: R[] = [];
    yield* sweep(
      {
        rows: this.#collection.table,
        from: 0,
        candidates: undefined,
        test: where && compileTest(where, this.#collection),
        effort: { examined: 0 },
      },
      (row) => found.push(row) > 0,
    );
    return found;
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
