/** Which key is in which slot, both ways. Copies share what they have in common until one of them changes. */
export class SlotKeys {
  #slotOf = new Map<string, number>();
  #at: (string | undefined)[] = [];
  #isShared = false;

  get size(): number {
    return this.#slotOf.size;
  }

  slotOf(key: string): number | undefined {
    return this.#slotOf.get(key);
  }

  at(slot: number): string | undefined {
    return this.#at[slot];
  }

  set(key: string, slot: number): void {
    this.#own();
    this.#slotOf.set(key, slot);
    this.#at[slot] = key;
  }

  delete(key: string, slot: number): void {
    this.#own();
    this.#slotOf.delete(key);
    this.#at[slot] = undefined;
  }

  copy(): SlotKeys {
    const copy = new SlotKeys();
    copy.#slotOf = this.#slotOf;
    copy.#at = this.#at;
    copy.#isShared = true;
    this.#isShared = true;
    return copy;
  }

  #own(): void {
    if (!this.#isShared) return;
    this.#slotOf = new Map(this.#slotOf);
    this.#at = this.#at.slice();
    this.#isShared = false;
  }
}
