import type { Capability, Session } from '../../hub/messaging/session.ts';
import type { Sessions } from '../../hub/messaging/sessions.ts';
import type { IncomingLink, OutgoingLink } from './engine/application.ts';
import type { Message } from './engine/message/message.ts';
import type { Output } from './outbound.ts';
import { sendOrDetach } from './send-or-detach.ts';

const CAPABILITIES: Readonly<Partial<Record<Output, Capability>>> = {
  methods: 'methods',
  c2d: 'c2d',
  inputs: 'inputs',
};

/** The links on which the hub sends to a device or module. The hub is told what it listens to. */
export class Outputs {
  readonly #session: Session;
  readonly #sessions: Sessions;
  /** The newest one is used; with its end, the one before it. */
  readonly #links = new Map<Output, readonly OutgoingLink[]>();
  /** Makes delivery tags. */
  #sent = 0;

  constructor(session: Session, sessions: Sessions) {
    this.#session = session;
    this.#sessions = sessions;
  }

  /** How many more messages from the cloud the device accepts. */
  get credit(): number {
    return this.link('c2d')?.available ?? 0;
  }

  /** The link on which the hub sends. */
  link(output: Output): OutgoingLink | undefined {
    return this.#links.get(output)?.at(-1);
  }

  add(output: Output, link: OutgoingLink): void {
    this.#use(output, [...(this.#links.get(output) ?? []), link]);
  }

  /** The link has ended. */
  remove(link: IncomingLink | OutgoingLink): void {
    for (const [output, links] of this.#links) {
      const others = links.filter((one) => one !== link);
      if (others.length === 0) this.#end(output);
      else if (links.at(-1) === link) this.#use(output, others);
      else this.#links.set(output, others);
    }
  }

  /** False if the link was detached, because the peer does not accept messages of this size. */
  write(output: Output, message: Message): boolean {
    this.#sent += 1;
    const tag = Buffer.alloc(4);
    tag.writeUInt32BE(this.#sent % 2 ** 32);
    const link = this.link(output);
    return link === undefined || sendOrDetach(link, message, { tag }) !== undefined;
  }

  #use(output: Output, links: readonly OutgoingLink[]): void {
    this.#links.set(output, links);
    const capability = CAPABILITIES[output];
    if (capability !== undefined) this.#sessions.subscribe(this.#session, capability);
  }

  #end(output: Output): void {
    this.#links.delete(output);
    if (output === 'twin') this.#sessions.unsubscribe(this.#session, 'desired');
    const capability = CAPABILITIES[output];
    if (capability !== undefined) this.#sessions.unsubscribe(this.#session, capability);
  }
}
