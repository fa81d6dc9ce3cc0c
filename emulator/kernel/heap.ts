/** Binary heap: the least item first. */
export class Heap<T> {
  readonly #compare: (a: T, b: T) => number;
  #items: T[];

  /** `items`: any order. */
  constructor(compare: (a: T, b: T) => number, items: readonly T[] = []) {
    this.#compare = compare;
    this.#items = [...items];
    for (let at = (items.length >> 1) - 1; at >= 0; at--) {
      const item = this.#items[at];
      if (item !== undefined) this.#sink(item, at);
    }
  }

  get size(): number {
    return this.#items.length;
  }

  /** In no particular order. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** The least item, which stays. */
  get first(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    let at = this.#items.push(item) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = this.#items[up];
      if (parent === undefined || this.#compare(parent, item) <= 0) break;
      this.#items[at] = parent;
      at = up;
    }
    this.#items[at] = item;
  }

  /** Takes the least item out. */
  pop(): T | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) this.#sink(last);
    return first;
  }

  copy(): Heap<T> {
    const copy = new Heap(this.#compare);
    copy.#items = this.#items.slice();
    return copy;
  }

  #sink(item: T, from = 0): void {
    let at = from;
    for (;;) {
      const left = this.#items[2 * at + 1];
      const right = this.#items[2 * at + 2];
      if (left === undefined) break;
      const rightFirst = right !== undefined && this.#compare(right, left) < 0;
      const child = rightFirst ? right : left;
      if (this.#compare(item, child) <= 0) break;
      this.#items[at] = child;
      at = 2 * at + (rightFirst ? 2 : 1);
    }
    this.#items[at] = item;
  }
}
