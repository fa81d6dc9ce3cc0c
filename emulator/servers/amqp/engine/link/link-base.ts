import type { AmqpApplication, AmqpConnection, Ending } from '../application.ts';
import { type Fields, textOf, type Value } from '../codec/values.ts';
import { AmqpError, SERVER_ERROR } from '../errors.ts';
import type { Attach, Flow } from '../frames/performatives.ts';
import type { Source, Target } from '../frames/termini.ts';
import type { EndingLink, LinkSession } from './link-session.ts';

const NO_FIELDS: Fields = new Map();
const NONE: readonly string[] = [];

/** An attach that is still to be answered. */
export interface Unanswered {
  /** Answers it as `decide` says: true to accept the link, false to leave the attach open, AmqpError to refuse the link. */
  conclude(decide: () => boolean): void;
  /** Answers it without a decision. */
  write(): void;
}

/** Common part of both kinds of links, part 2 §2.6. */
export abstract class LinkBase<Handler extends { detached?(ending: Ending): void }> implements EndingLink {
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
  /** The last flow that came before the attach was answered. */
  #earlyFlow: Flow | undefined;
  #unanswered: Unanswered | undefined;

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
  abstract readonly handler: Handler | undefined;
  /** Asks the application whether it accepts the link; false if it will answer later. */
  abstract ask(application: AmqpApplication): boolean;
  protected abstract accepted(handler: Handler): void;
  protected abstract flow(flow: Flow): void;

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

  /** The peer waits for an answer to its attach. */
  await(unanswered: Unanswered): void {
    this.#unanswered = unanswered;
    unanswered.conclude(() => this.ask(this.session.application));
  }

  answer(open: () => Handler): void {
    this.#unanswered?.conclude(() => {
      this.accepted(this.#guarded(open));
      return true;
    });
  }

  /** The caller of `answer` is not the engine: mistakes of the application end here. */
  #guarded(open: () => Handler): Handler {
    try {
      return open();
    } catch (error) {
      if (error instanceof AmqpError) throw error;
      this.session.fault(error);
      throw SERVER_ERROR;
    }
  }

  /** The attach is about to be answered. */
  answered(): void {
    this.#unanswered = undefined;
  }

  /** The attach has been answered: the link is accepted. */
  attached(): void {
    this.#state = 'attached';
    if (this.#earlyDetach !== undefined) this.session.detach(this, this.#earlyDetach);
    if (this.#earlyFlow !== undefined) this.flowed(this.#earlyFlow);
    this.#earlyFlow = undefined;
  }

  /** The peer has sent a flow. */
  flowed(flow: Flow): void {
    if (this.isAttached) this.flow(flow);
    else if (!this.isOver) this.#earlyFlow = flow;
  }

  /** The peer detaches. It gets an attach before the detach, if it has not got one. */
  leaving(): void {
    this.#unanswered?.write();
    this.answered();
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
    this.answered();
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
