import type { ReceivingLink } from '../link/receiving-link.ts';
import type { SendingLink } from '../link/sending-link.ts';

export type AnyLink = ReceivingLink | SendingLink;

/** The links of a session, by the handle that both peers give them. */
export class LinkTable {
  readonly #links = new Map<number, AnyLink>();

  get size(): number {
    return this.#links.size;
  }

  get(handle: number): AnyLink | undefined {
    return this.#links.get(handle);
  }

  /** Names are unique per direction, part 2 §2.6.1. */
  find(name: string, direction: AnyLink['direction']): AnyLink | undefined {
    for (const link of this.#links.values()) if (link.name === name && link.direction === direction) return link;
    return undefined;
  }

  add(link: AnyLink): void {
    this.#links.set(link.handle, link);
  }

  delete(link: AnyLink): void {
    this.#links.delete(link.handle);
  }

  all(): readonly AnyLink[] {
    return [...this.#links.values()];
  }
}
