import { HubError } from '../../../protocol/errors.ts';
import type { FaultOperation } from '../../../protocol/fault.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { Lease } from '../../auth/lease.ts';
import type { Principal } from '../../auth/principal.ts';
import type { Hub } from '../../hub/hub.ts';
import type { CloseReason, Downlink, Session } from '../../hub/messaging/session.ts';
import type { Log } from '../../log.ts';
import { downlinkOperation, pushExchange, receiveExchange } from '../faults/exchanges.ts';
import { CloudMessages } from './cloud-to-device.ts';
import { told } from './diagnostics.ts';
import type { Ending, IncomingDelivery, IncomingLink, OutgoingLink } from './engine/application.ts';
import type { AmqpError } from './engine/errors.ts';
import type { Message as AmqpMessage } from './engine/message/message.ts';
import { takeFaultMessage } from './faults/fault-messages.ts';
import type { DeviceLinks } from './faults/sever.ts';
import { answerTwin, type TwinListener, takeTelemetry, twinOperation, twinRequestOf } from './inbound.ts';
import { type Output, pushOf } from './outbound.ts';
import type { Outlet } from './outlet.ts';
import { Outputs } from './outputs.ts';
import type { SessionParts } from './session-parts.ts';
import { settle, settleUnderFaults } from './settle.ts';

type AnyLink = IncomingLink | OutgoingLink;

/** The connection of a session, which may have sessions of other identities too. */
export interface SharedConnection {
  readonly protocol: 'amqp' | 'amqp-ws';
  readonly outlet: Outlet;
  /** The links on which tokens are sent and answered. */
  readonly tokenLinks: ReadonlySet<AnyLink>;
  /** The session is over: ends the connection, or the links of the session if others use the connection. */
  leave(session: AmqpSession, reason: CloseReason): void;
  /** The last link of the session has ended. */
  left(session: AmqpSession): void;
}

/** A device or module that uses a connection, from its first link to its last. */
export class AmqpSession implements Session, TwinListener {
  readonly key: IdentityKey;
  readonly #connection: SharedConnection;
  readonly #parts: SessionParts;
  readonly #lease: Lease;
  readonly #links = new Set<AnyLink>();
  readonly #outputs: Outputs;
  readonly #cloudMessages = new WeakMap<OutgoingLink, CloudMessages>();

  constructor(key: IdentityKey, connection: SharedConnection, parts: SessionParts) {
    this.key = key;
    this.#connection = connection;
    this.#parts = parts;
    this.#outputs = new Outputs(this, parts.hub.sessions);
    this.#lease = new Lease(parts.wallClock, () => this.drop('expired'));
  }

  get hub(): Hub {
    return this.#parts.hub;
  }

  get log(): Log {
    return this.#parts.log;
  }

  get protocol(): SharedConnection['protocol'] {
    return this.#connection.protocol;
  }

  /** Connects the identity, until the credentials of `principal` expire. Throws DeviceNotFound. */
  open(principal: Principal, modelId: string | undefined): void {
    this.hub.sessions.open(this, { resume: false, modelId });
    this.#lease.renew(principal);
  }

  /** Newer credentials have arrived. */
  renew(principal: Principal): void {
    this.#lease.renew(principal);
  }

  /** Ends the session, if it is still the one of its identity. */
  drop(reason: CloseReason): void {
    const { sessions } = this.hub;
    if (sessions.find(this.key) === this) sessions.drop(this.key, reason);
  }

  close(reason: CloseReason): void {
    this.#lease.cancel();
    this.#connection.leave(this, reason);
  }

  credit(): number {
    return this.#outputs.credit;
  }

  deliver(downlink: Downlink): void {
    const { faults } = this.#parts;
    const operation = faults.isActive ? downlinkOperation(downlink) : undefined;
    const send = (): void => this.#push(downlink);
    if (operation === undefined) send();
    else faults.run({ ...operation, ...this.#who }, pushExchange(this.#outlet, send, this.#refusalOf(downlink)));
  }

  onBug(error: unknown, operation: string): void {
    this.#parts.log.error('A request failed', error, { device: this.key, operation });
  }

  listenToDesired(isOn: boolean): void {
    const { sessions } = this.hub;
    if (isOn) sessions.subscribe(this, 'desired');
    else sessions.unsubscribe(this, 'desired');
  }

  /** The identity uses a link from now on. */
  add(link: AnyLink, output?: Output): void {
    this.#links.add(link);
    if (output !== undefined && link.direction === 'outgoing') this.#outputs.add(output, link);
  }

  /** A link for messages from the cloud. */
  addCloudMessages(link: OutgoingLink): CloudMessages {
    const messages = new CloudMessages(this, link);
    this.#cloudMessages.set(link, messages);
    this.add(link, 'c2d');
    return messages;
  }

  /** A link has ended. The session ends with the last one. */
  remove(link: AnyLink, { by }: Ending): void {
    this.#links.delete(link);
    this.#outputs.remove(link);
    if (this.#links.size > 0) return;
    this.#lease.cancel();
    this.#connection.left(this);
    this.hub.sessions.close(this, REASONS[by]);
  }

  /** Ends the links of the session. */
  detach(error: AmqpError): void {
    for (const link of [...this.#links]) link.detach(error);
  }

  get links(): DeviceLinks {
    return { own: [...this.#links], token: [...this.#connection.tokenLinks] };
  }

  /** The device sends telemetry. */
  receiveTelemetry(delivery: IncomingDelivery): void {
    if (takeFaultMessage(delivery, this, this.#parts.sdkFaults)) return;
    const messages = delivery.messages();
    const { length } = delivery.payload;
    const take = (): void => takeTelemetry(this, messages, length);
    settleUnderFaults({ type: 'telemetry', ...this.#who }, { delivery, take }, this.#settling);
  }

  /** The device sends something else that is only acknowledged. */
  receiveOther(delivery: IncomingDelivery, take: (sender: AmqpSession, message: AmqpMessage) => void): void {
    for (const message of delivery.messages())
      settle(delivery, () => take(this, message), { ...this.#settling, kept: undefined });
  }

  receiveTwinRequest(delivery: IncomingDelivery): void {
    const { faults } = this.#parts;
    for (const message of delivery.messages()) {
      const request = twinRequestOf(message);
      const operation = faults.isActive ? twinOperation(request) : undefined;
      const answer = (fault?: HubError): void => {
        const { message: reply, status, refusal } = answerTwin(this, request, fault);
        told('SEND', `twin ${request.operation}`, String(status), refusal);
        // one step, so that another answer can overtake it as a whole
        this.#outlet.send(() => {
          delivery.accept();
          this.#outputs.write('twin', reply);
        });
      };
      const refusal = request.operation === 'GET' ? undefined : this.#parts.kept?.refusal;
      if (operation === undefined || refusal !== undefined) answer(refusal);
      else this.#runUnderFaults(operation, { handle: () => answer(), refuse: answer });
    }
  }

  #runUnderFaults(
    type: FaultOperation,
    run: { readonly handle: () => void; readonly refuse: (error: HubError) => void },
  ): void {
    this.#parts.faults.run({ type, ...this.#who }, receiveExchange(this.#outlet, type, run));
  }

  #push(downlink: Downlink): void {
    const { output, message } = pushOf(downlink);
    told('DELIVER', output, 'sent');
    if (downlink.type !== 'c2d')
      this.#outlet.send(() => {
        if (!this.#outputs.write(output, message)) this.#tooLarge(downlink, output);
      });
    else
      this.#outlet.send(() => {
        const link = this.#outputs.link('c2d');
        if (link !== undefined) this.#cloudMessages.get(link)?.send(downlink, message);
      });
  }

  #tooLarge(downlink: Downlink, output: Output): void {
    this.log.warn('Detached a link of the device', {
      device: this.key,
      cause: `it does not accept a message of this size on its link for ${output}`,
      remedy: 'send a smaller one, or let the device accept larger ones on its link',
    });
    this.#refusalOf(downlink)(new HubError('DeviceConnectionClosedRemotely', LINK_CLOSED));
  }

  /** A method that is refused is answered in place of the device; other messages are lost. */
  #refusalOf(downlink: Downlink): (error: HubError) => void {
    return (error) => {
      if (downlink.type === 'method') this.hub.methods.fail(this.key, downlink.requestId, error);
    };
  }

  get #who() {
    return { protocol: this.protocol, key: this.key };
  }

  get #settling() {
    return {
      kept: this.#parts.kept,
      outlet: this.#outlet,
      faults: this.#parts.faults,
      onBug: (error: unknown, subject: string) => this.onBug(error, subject),
    };
  }

  get #outlet(): Outlet {
    return this.#connection.outlet;
  }
}

const LINK_CLOSED = 'The device does not accept a message of this size: its link was closed.';

/** How the hub tells the end of a session by the end of its last link. */
const REASONS = {
  peer: 'client',
  application: 'requested',
  engine: 'protocol',
  network: 'lost',
} as const satisfies Readonly<Record<Ending['by'], CloseReason>>;
