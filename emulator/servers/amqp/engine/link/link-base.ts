import type { AmqpConnection, Ending } from '../application.ts';
import { type Fields, textOf, type Value } from '../codec/values.ts';
import type { AmqpError } from '../errors.ts';
import type { Attach } from '../frames/performatives.ts';
import type { Source, Target } from '../frames/termini.ts';
import type { EndingLink, LinkSession } from './link-session.ts';

const NO_FIELDS: Fields = new Map();
const NONE: readonly string[] = [];

/** Common part of both kinds of links, part 2 §2.6. */
export abstract class LinkBase implements EndingLink {
  readonly session: LinkSession;
  readonly name: string;
  /** Both ends use the number that the peer has chosen. */
  readonly handle: number;
  readonly address: string | undefined;
  readonly source: Source | undefined;
  readonly target: Target | undefined;
  readonly properties: Fields;
  readonly desiredCapabilities: readonly string[];
  /** `detaching`: ours is detached, the peer's not yet. */
  #state: 'attaching' | 'attached' | 'detaching' | 'over' = 'attaching';
  #isEnded = false;
  isRefused = false;
  /** A detach that was requested before the attach was answered. */
  #earlyDetach: Ending | undefined;

  constructor(session: LinkSession, attach: Attach, address: Value | undefined) {
    this.session = session;
    this.name = attach.name;
    this.handle = attach.handle;
    this.address = textOf(address);
    this.source = attach.source;
    this.target = attach.target;
    this.properties = attach.properties ?? NO_FIELDS;
    this.desiredCapabilities = attach.desiredCapabilities ?? NONE;
  }

  abstract readonly direction: 'incoming' | 'outgoing';
  abstract readonly handler: { detached?(ending: Ending): void } | undefined;

  get connection(): AmqpConnection {
    return this.session.connection;
  }

  get isAttached(): boolean {
    return this.#state === 'attached';
  }

  /** Nothing is sent or received any more. */
  get isOver(): boolean {
    return this.#state === 'detaching' || this.#state === 'over';
  }

  /** The attach has been answered. */
  attached(): void {
    this.#state = 'attached';
    if (this.#earlyDetach !== undefined) this.session.detach(this, this.#earlyDetach);
  }

  detach(error?: AmqpError): void {
    const ending: Ending = { by: 'application', error };
    if (this.#state === 'attaching') this.#earlyDetach = ending;
    else if (!this.isOver) this.session.detach(this, ending);
  }

  endSession(error?: AmqpError): void {
    this.session.end({ by: 'application', error });
  }

  detaching(ending: Ending): void {
    this.#state = 'detaching';
    this.#tell(ending);
  }

  over(ending: Ending): void {
    this.#state = 'over';
    this.#tell(ending);
  }

  #tell(ending: Ending): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.release();
    try {
      this.handler?.detached?.(ending);
    } catch (error) {
      this.session.fault(error);
    }
  }

  /** Frees deliveries and buffers of the link. */
  protected abstract release(): void;
}
