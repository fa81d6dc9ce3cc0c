import type { AmqpApplication, AmqpConnection, Ending } from '../application.ts';
import type { FieldType } from '../codec/fields.ts';
import { AmqpError, attempt } from '../errors.ts';
import { FRAME_TYPE, writeFrame } from '../frames/frame.ts';
import type { Attach, Begin, Detach, Flow, Performative, Transfer } from '../frames/performatives.ts';
import * as performatives from '../frames/performatives.ts';
import type { Outcome } from '../frames/states.ts';
import type { Limits } from '../limits.ts';
import type { EndingLink, LinkSession } from '../link/link-session.ts';
import type { SendingEnd, SentDelivery } from '../link/sent-delivery.ts';
import { writeTransfer } from '../link/transfer-frame.ts';
import { plus } from '../serial.ts';
import type { Usage } from '../usage.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { attachLink } from './attaching.ts';
import { type AnyLink, LinkTable } from './link-table.ts';
import { freeing, type SessionHost } from './session-host.ts';
import { settle } from './settling.ts';
import { Unsettled } from './unsettled.ts';
import { Windows } from './windows.ts';

/** What a session may receive after its begin. */
type Received = Exclude<Performative, { type: 'open' | 'begin' | 'close' }>;

/** Our end of a session, part 2 §2.5. It answers on the channel on which it is spoken to. */
export class Session implements LinkSession {
  readonly host: SessionHost;
  readonly channel: number;
  readonly links = new LinkTable();
  readonly unsettled = new Unsettled();
  readonly #windows: Windows;
  readonly #acknowledgements: Acknowledgements;
  #nextDeliveryId = 0;
  /** Ours has ended, the peer's not yet. */
  #isEnding = false;
  /** Which link is the first to send when the window opens. */
  #turn = 0;

  constructor(host: SessionHost, channel: number, begin: Begin) {
    this.host = host;
    this.channel = channel;
    this.#windows = new Windows(host.limits.incomingWindow, begin);
    this.#acknowledgements = new Acknowledgements((fields) => this.#writeBare(performatives.disposition, fields));
    const { handleMax } = host.limits;
    this.#write(performatives.begin, { remoteChannel: channel, handleMax, ...this.#windows.begin() });
  }

  get application(): AmqpApplication {
    return this.host.application;
  }

  get connection(): AmqpConnection {
    return this.host;
  }

  get limits(): Limits {
    return this.host.limits;
  }

  get usage(): Usage {
    return this.host.usage;
  }

  /** Nothing is sent any more. */
  get isOver(): boolean {
    return this.#isEnding;
  }

  get sendable(): number {
    return this.host.output.isCongested ? 0 : this.#windows.outgoing;
  }

  /** Throws what concerns more than this session. */
  handle(received: Received, payload: Buffer): void {
    if (this.#isEnding) {
      if (received.type === 'end') this.host.sessionOver(this);
      return;
    }
    attempt(
      () => this.#dispatch(received, payload),
      (error) => this.end({ by: 'engine', error }),
    );
  }

  #dispatch(received: Received, payload: Buffer): void {
    switch (received.type) {
      case 'attach':
        attachLink(this, received);
        break;
      case 'flow':
        this.#flow(received);
        break;
      case 'transfer':
        this.#transfer(received, payload);
        break;
      case 'disposition':
        settle(this, received);
        break;
      case 'detach':
        this.#detach(received);
        break;
      case 'end':
        this.#write(performatives.end, {});
        this.over({ by: 'peer', error: received.error });
        this.host.sessionOver(this);
        break;
      default:
        received satisfies never;
    }
  }

  /** Part 2 §2.7.4: of the session, and of a link if it names one. */
  #flow(flow: Flow): void {
    const wasClosed = this.#windows.outgoing === 0;
    this.#windows.update(flow);
    if (flow.handle !== undefined) this.#link(flow.handle).flowed(flow);
    else if (flow.echo === true) this.writeFlow({});
    if (wasClosed) this.resume();
  }

  #transfer(transfer: Transfer, payload: Buffer): void {
    this.#windows.received();
    const link = this.#link(transfer.handle);
    if (link.direction === 'outgoing') throw new AmqpError('amqp:not-allowed', 'A transfer on a link that receives');
    if (link.isAttached)
      attempt(
        () => link.transfer(transfer, payload),
        (error) => this.detach(link, { by: 'engine', error }),
      );
    if (this.#windows.isHalfUsed && !this.#isEnding) this.writeFlow({});
  }

  #detach({ handle, isClosed = false, error }: Detach): void {
    const link = this.#link(handle);
    link.leaving();
    if (!link.isOver) this.#write(performatives.detach, { handle, isClosed });
    this.#drop(link);
    freeing(this.host, () => link.over({ by: 'peer', error }));
  }

  #link(handle: number): AnyLink {
    const link = this.links.get(handle);
    if (link === undefined) throw new AmqpError('amqp:session:unattached-handle', `No link has the handle ${handle}`);
    return link;
  }

  #drop(link: AnyLink): void {
    this.links.delete(link);
    this.usage.links -= 1;
    if (link.isRefused) this.usage.refused -= 1;
  }

  /** Ends our end of a link; its handle stays taken until the peer has ended its own. */
  detach(link: EndingLink, ending: Ending): void {
    this.#write(performatives.detach, { handle: link.handle, isClosed: true, error: ending.error });
    freeing(this.host, () => link.detaching(ending));
  }

  /** Ends our end of the session; its channel stays taken until the peer has ended its own. */
  end(ending: Ending): void {
    if (this.#isEnding) return;
    this.#write(performatives.end, { error: ending.error });
    this.#isEnding = true;
    this.over(ending);
  }

  over(ending: Ending): void {
    this.#isEnding = true;
    freeing(this.host, () => {
      this.usage.unsettled -= this.unsettled.clear();
    });
    for (const link of this.links.all()) {
      this.#drop(link);
      link.over(ending);
    }
  }

  /** Lets every link send again, each time another one first. */
  resume(): void {
    const links = this.links.all();
    this.#turn = links.length === 0 ? 0 : (this.#turn + 1) % links.length;
    for (const link of [...links.slice(this.#turn), ...links.slice(0, this.#turn)])
      if (link.direction === 'outgoing' && link.isAttached) link.resume();
  }

  begin(delivery: SentDelivery): void {
    delivery.id = this.#nextDeliveryId;
    this.#nextDeliveryId = plus(this.#nextDeliveryId, 1);
    if (!delivery.isPending) return;
    this.unsettled.add(delivery);
    this.usage.unsettled += 1;
  }

  forget(delivery: SentDelivery): void {
    delivery.isPending = false;
    if (this.unsettled.delete(delivery)) this.usage.unsettled -= 1;
  }

  transfer(delivery: SentDelivery): void {
    this.flush();
    const { channel, host } = this;
    writeTransfer(host.output.encoder(), delivery, {
      channel,
      handle: delivery.link.handle,
      frameSize: host.peer.frameSize,
    });
    this.#windows.sent();
  }

  unsettledOf(link: SendingEnd): readonly SentDelivery[] {
    return this.unsettled.ofLink(link);
  }

  fault(error: unknown): void {
    this.host.fault(error);
  }

  acknowledge(id: number, isReceiver: boolean, outcome: Outcome): void {
    if (this.#isEnding) return;
    if (this.#acknowledgements.isEmpty) this.host.awaitFlush(this);
    this.#acknowledgements.add(id, isReceiver, outcome);
  }

  flush(): void {
    this.#acknowledgements.flush();
  }

  writeAttach(attach: Attach): void {
    this.#write(performatives.attach, attach);
  }

  writeFlow(flow: Partial<Flow>): void {
    this.#write(performatives.flow, { ...this.#windows.state(), ...flow });
  }

  /** Everything leaves in the order in which it happened. */
  #write<T>(kind: FieldType<T>, fields: T): void {
    this.flush();
    this.#writeBare(kind, fields);
  }

  #writeBare<T>(kind: FieldType<T>, fields: T): void {
    writeFrame(this.host.output.encoder(), kind, { type: FRAME_TYPE.amqp, channel: this.channel, fields });
  }
}
