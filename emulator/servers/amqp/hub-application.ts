import { HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Hub } from '../../hub/hub.ts';
import type { CloseReason } from '../../hub/messaging/session.ts';
import type { Operation } from '../../hub/operation.ts';
import type { Guest } from '../elsewhere.ts';
import { receiveExchange } from '../faults/exchanges.ts';
import { identityIn, segmentsOf } from './address.ts';
import { type Claim, type Claims, concerns } from './connect.ts';
import { told } from './diagnostics.ts';
import type {
  AmqpApplication,
  AmqpConnection,
  IncomingDelivery,
  IncomingHandler,
  IncomingLink,
  OutgoingHandler,
  OutgoingLink,
  SaslAttempt,
} from './engine/application.ts';
import { endingError, isCut, translated } from './errors.ts';
import type { EventHubs } from './event-hubs/event-hubs.ts';
import { attachUnderFaults, passwordExchange } from './faults/exchanges.ts';
import { type ApplicationParts, HubChoice, type Origin, portOf, type Shown } from './hub-choice.ts';
import { sendToDevices } from './inbound.ts';
import type { LinkHost } from './links/link-row.ts';
import { type FoundRow, findRow } from './links/table.ts';
import { Outlet } from './outlet.ts';
import { ServiceLinks } from './service-links.ts';
import { AmqpSession, type SharedConnection } from './session.ts';
import { settleUnderFaults } from './settle.ts';

type AnyLink = IncomingLink | OutgoingLink;

/** One AMQP connection of devices or service apps, as the hub sees it. */
export class HubApplication implements AmqpApplication, LinkHost, SharedConnection, Guest {
  readonly outlet: Outlet;
  replyLink: OutgoingLink | undefined;
  readonly tokenLinks = new Set<AnyLink>();
  readonly #origin: Origin;
  readonly #choice: HubChoice;
  readonly #services: ServiceLinks;
  readonly #sessions = new Map<IdentityKey, AmqpSession>();
  #connection: AmqpConnection | undefined;

  constructor(parts: ApplicationParts, origin: Origin) {
    this.#origin = origin;
    this.#choice = new HubChoice(parts, origin.socket);
    this.outlet = new Outlet(origin.socket);
    this.#services = new ServiceLinks(parts.wallClock);
  }

  get #parts(): ApplicationParts {
    return this.#choice.parts;
  }

  get #claims(): Claims {
    return this.#choice.claims;
  }

  get hub(): Hub {
    return this.#parts.hub;
  }

  get eventHubs(): EventHubs {
    return this.#parts.eventHubs;
  }

  get port(): number {
    return portOf(this.#origin);
  }

  get protocol(): Origin['protocol'] {
    return this.#origin.protocol;
  }

  // Calls of the engine

  /** With PLAIN the password is a token, whatever the user name is. */
  authenticate(attempt: SaslAttempt): boolean | Promise<boolean> {
    if (attempt.mechanism !== 'PLAIN') return true;
    const { password } = attempt;
    this.#choose({ token: password });
    const { faults } = this.#parts;
    const take = (): boolean => this.#addClaim(password) === undefined;
    if (!faults.isActive) return take();
    const key = this.#claims.identityIn(password);
    return new Promise((decide) => faults.run(this.#connect(key), passwordExchange(this.outlet, { take, decide })));
  }

  opened(connection: AmqpConnection): void {
    this.#connection = connection;
    this.outlet.connected(connection);
    this.#choice.present();
    if (this.#claims.needNoToken) connection.authorize();
  }

  attachIncoming(link: IncomingLink): IncomingHandler | undefined {
    return this.#attach(link, ({ row, names }) => row.incoming?.({ host: this, link, names }));
  }

  attachOutgoing(link: OutgoingLink): OutgoingHandler | undefined {
    return this.#attach(link, ({ row, names }) => row.outgoing?.({ host: this, link, names }));
  }

  closed(): void {
    this.#choice.leave(this);
    this.outlet.closed();
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#connection?.destroy();
  }

  // Calls of links

  takeToken(token: string, done: (error?: HubError) => void): void {
    this.#choose({ token });
    const { faults } = this.#parts;
    const reply = (error?: HubError): void => this.outlet.send(() => done(error));
    const handle = (): void => reply(this.#addClaim(token));
    if (!faults.isActive) handle();
    else {
      const exchange = receiveExchange(this.outlet, 'connect', { handle, refuse: reply });
      faults.run(this.#connect(this.#claims.identityIn(token)), exchange);
    }
  }

  session(names: readonly string[], modelId: string | undefined): AmqpSession {
    const key = identityIn(names, (known) => this.#parts.isKnown(known));
    const existing = this.#sessions.get(key);
    if (existing !== undefined) return existing;
    const principal = this.#claims.device(key);
    const session = new AmqpSession(key, this, this.#parts);
    session.open(principal, modelId);
    this.#sessions.set(key, session);
    return session;
  }

  useAsService(link: IncomingLink | OutgoingLink, resource: 'address' | 'anything' = 'address'): () => void {
    const path = resource === 'address' ? segmentsOf(link.address ?? '').join('/') : undefined;
    this.#services.add(link, this.#claims.service(['ServiceConnect'], path));
    return () => this.#services.remove(link);
  }

  sendToDevices(delivery: IncomingDelivery): void {
    const { hub, kept, faults, log } = this.#parts;
    const { key, take } = sendToDevices(hub, delivery.messages());
    settleUnderFaults(
      { type: 'c2d.send', protocol: this.protocol, key },
      { delivery, take },
      {
        kept,
        outlet: this.outlet,
        faults,
        onBug: (error, subject) => log.error('A request failed', error, { address: subject }),
      },
    );
  }

  // Calls of sessions

  leave(session: AmqpSession, reason: CloseReason): void {
    this.left(session);
    if (this.#sessions.size > 0 || !this.#services.isEmpty) session.detach(endingError(reason));
    else if (isCut(reason)) this.#connection?.destroy();
    else this.#connection?.close(endingError(reason));
  }

  left(session: AmqpSession): void {
    if (this.#sessions.get(session.key) === session) this.#sessions.delete(session.key);
  }

  /** Opens a link, or leaves that to faults. */
  #attach<H>(
    link: AnyLink & { answer(open: () => H): void },
    handlerOf: (found: FoundRow) => H | undefined,
  ): H | undefined {
    const found = findRow(link.address ?? '');
    if (found !== undefined && found.purpose !== 'token') this.#choose({ token: undefined, names: found.names });
    const { faults } = this.#parts;
    const open = (): H => this.#open(link, found, handlerOf);
    if (found === undefined || found.purpose === 'token' || !faults.isActive) return open();
    const { outlet } = this;
    attachUnderFaults(
      this.#operationsOf(link, found),
      { answer: (decide) => link.answer(decide), open },
      { faults, outlet },
    );
    return undefined;
  }

  /** What a peer does that attaches a link. It connects by its first link if it has not sent a token of its own. */
  #operationsOf({ address = '' }: AnyLink, { purpose, names }: FoundRow): readonly Operation[] {
    const { protocol } = this;
    const path = `/${segmentsOf(address).join('/')}`;
    if (purpose === 'service') return [{ type: 'subscribe', protocol, path }];
    const key = identityIn(names, (known) => this.#parts.isKnown(known));
    const isConnected = this.#sessions.has(key) || this.#claims.hasTokenOf(key);
    return [...(isConnected ? [] : [this.#connect(key)]), { type: 'subscribe', protocol, key, path }];
  }

  #choose(shown: Shown): void {
    if (this.#sessions.size === 0) this.#choice.make(shown, this);
  }

  #connect(key: IdentityKey | undefined): Operation {
    return { type: 'connect', protocol: this.protocol, key };
  }

  #open<H>({ address = '' }: AnyLink, found: FoundRow | undefined, handlerOf: (found: FoundRow) => H | undefined): H {
    const subject = found?.row.address ?? '';
    try {
      const handler = found && handlerOf(found);
      if (handler === undefined)
        throw new HubError('AmqpAddressNotFound', `There is no address ${address} for links of this direction.`);
      told('ATTACH', subject, 'attached');
      return handler;
    } catch (error) {
      if (error instanceof HubError) told('ATTACH', subject, 'refused', error.code);
      return translated(() => {
        throw error;
      });
    }
  }

  /** Why the token is refused; undefined if it is not. */
  #addClaim(token: string): HubError | undefined {
    try {
      this.#renew(this.#claims.add(token));
      this.#connection?.authorize();
      return undefined;
    } catch (error) {
      if (error instanceof HubError) return error;
      throw error;
    }
  }

  /** Newer tokens prolong what uses them. */
  #renew(claim: Claim): void {
    if (claim.key === undefined && !this.#services.isEmpty)
      this.#services.renew(this.#claims.service(['ServiceConnect'], `/${claim.scope.join('/')}`));
    for (const session of this.#sessions.values())
      if (concerns(claim, session.key)) session.renew(this.#claims.device(session.key));
  }
}
