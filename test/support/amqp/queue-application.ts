import type {
  AmqpApplication,
  AmqpConnection,
  Ending,
  IncomingDelivery,
  IncomingHandler,
  IncomingLink,
  OutgoingDelivery,
  OutgoingHandler,
  OutgoingLink,
  SaslAttempt,
} from '../../../emulator/servers/amqp/engine/application.ts';
import { int, textOf } from '../../../emulator/servers/amqp/engine/codec/values.ts';
import { AmqpError } from '../../../emulator/servers/amqp/engine/errors.ts';
import { encodeMessage } from '../../../emulator/servers/amqp/engine/message/encode.ts';

/** Queues by address, and what happened to them. Some addresses are peculiar: see `attachIncoming` and `attachOutgoing`. */
export class QueueBroker {
  readonly queues = new Map<string, Buffer[]>();
  readonly attempts: SaslAttempt[] = [];
  readonly endings: Ending[] = [];
  /** How links ended, in words. */
  readonly detached: string[] = [];
  /** Tag and outcome of what was sent. */
  readonly outcomes: string[] = [];
  /** Sent to `hold` and not settled. */
  readonly held: IncomingDelivery[] = [];
  readonly links: OutgoingLink[] = [];
  /** Opens the links to and from `later`, whose attaches are not answered, in their order. */
  readonly postponed: (() => void)[] = [];
  readonly connections: AmqpConnection[] = [];
  /** False: peers must send the token `good` to `$cbs` first. */
  isOpen = true;
  /** Called when an outgoing link attaches. */
  attached: (link: OutgoingLink) => void = () => {};
  incoming: Partial<IncomingHandler> = {};
  outgoing: Partial<OutgoingHandler> = {};
  #nextTag = 0;

  application(): AmqpApplication {
    const connections: AmqpConnection[] = [];
    const replies: OutgoingLink[] = [];
    return {
      authenticate: (attempt) => {
        this.attempts.push(attempt);
        return attempt.mechanism !== 'PLAIN' || attempt.password === 'good';
      },
      opened: (connection) => {
        if (connection.peer.hostname === 'nowhere') throw new AmqpError('amqp:not-found', 'Nobody is called nowhere');
        connections.push(connection);
        this.connections.push(connection);
        if (this.isOpen) connection.authorize();
      },
      attachIncoming: (link) => {
        const open = () => ({ ...this.#attachIncoming(link, replies), ...this.incoming });
        if (link.address !== 'later') return open();
        this.postponed.push(() => link.answer(open));
        return undefined;
      },
      attachOutgoing: (link) => {
        const open = () => ({ ...this.#attachOutgoing(link, replies), ...this.outgoing });
        if (link.address !== 'later') return open();
        this.postponed.push(() => link.answer(open));
        return undefined;
      },
      closed: (ending) => this.endings.push(ending),
    };
  }

  #attachIncoming(link: IncomingLink, replies: readonly OutgoingLink[]): IncomingHandler {
    const { address = '' } = link;
    const detached = (ending: Ending): void => void this.detached.push(inWords(link, ending));
    refuse(address);
    if (address === '$cbs')
      return { detached, maxMessageSize: 16_384, message: (delivery) => putToken(delivery, replies) };
    if (address === 'hold') return { detached, message: (delivery) => void this.held.push(delivery) };
    if (address === 'reject')
      return {
        detached,
        message: () => {
          throw new AmqpError('amqp:not-allowed', 'Not wanted');
        },
      };
    if (address === 'bug')
      return {
        detached,
        message: () => {
          throw new TypeError('a mistake');
        },
      };
    return {
      detached,
      message: (delivery) => {
        delivery.messages(); // throws for what does not decode
        delivery.accept();
        this.put(address, Buffer.from(delivery.payload));
      },
    };
  }

  #attachOutgoing(link: OutgoingLink, replies: OutgoingLink[]): OutgoingHandler {
    const { address = '' } = link;
    const detached = (ending: Ending): void => void this.detached.push(inWords(link, ending));
    refuse(address);
    if (address === '$cbs') {
      replies.push(link);
      return { detached };
    }
    this.links.push(link);
    this.attached(link);
    return {
      detached,
      credit: () => this.#hand(address),
      settled: (delivery, outcome) => {
        this.outcomes.push(`${delivery.tag.toString('hex')} ${outcome.type}`);
        if (address === 'locked') throw new AmqpError('com.microsoft:message-lock-lost', 'Too late');
        if (outcome.type === 'released') this.put(address, this.#payloads.get(delivery) ?? Buffer.alloc(0));
      },
    };
  }

  readonly #payloads = new WeakMap<OutgoingDelivery, Buffer>();

  /** Puts an encoded message into a queue. */
  put(address: string, payload: Buffer): void {
    const queue = this.queues.get(address) ?? [];
    this.queues.set(address, queue);
    queue.push(payload);
    this.#hand(address);
  }

  #hand(address: string): void {
    const queue = this.queues.get(address) ?? [];
    for (const link of this.links)
      while (link.address === address && link.available > 0 && queue.length > 0) {
        const payload = queue.shift() ?? Buffer.alloc(0);
        this.#payloads.set(link.send(payload, { tag: this.tag() }), payload);
      }
  }

  /** 16 bytes: the tags of a lock. */
  tag(): Buffer {
    const tag = Buffer.alloc(16);
    tag.writeUInt32BE(this.#nextTag, 12);
    this.#nextTag += 1;
    return tag;
  }
}

const refuse = (address: string): void => {
  if (address === 'missing') throw new AmqpError('amqp:not-found', 'There is no such node');
};

const inWords = ({ name }: IncomingLink | OutgoingLink, { by, error }: Ending): string =>
  `${name} by ${by}${error === undefined ? '' : `: ${error.condition}`}`;

/** AMQP Claims-based Security 1.0, working draft 5, §3.1. */
const putToken = (delivery: IncomingDelivery, replies: readonly OutgoingLink[]): void => {
  delivery.accept();
  for (const { properties, body } of delivery.messages()) {
    const isGood = body.type === 'value' && textOf(body.value) === 'good';
    if (isGood) delivery.link.connection.authorize();
    const reply = encodeMessage({
      properties: { correlationId: properties?.messageId },
      applicationProperties: new Map([
        ['status-code', int(isGood ? 200 : 401)],
        ['status-description', isGood ? 'OK' : 'Not that token'],
      ]),
      body: { type: 'value', value: null },
    });
    for (const link of replies) link.send(reply, { tag: Buffer.from('r') });
  }
};
