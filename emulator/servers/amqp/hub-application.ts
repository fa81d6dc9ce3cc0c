import type { Duplex } from 'node:stream';
import { HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Hub } from '../../hub/hub.ts';
import type { CloseReason } from '../../hub/messaging/session.ts';
import { receiveExchange } from '../faults/exchanges.ts';
import { peerCertificate } from '../listener/peer-certificate.ts';
import { identityIn, segmentsOf } from './address.ts';
import { type Authenticators, type Claim, Claims, concerns } from './connect.ts';
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

import type { LinkHost } from './links/link-row.ts';
import { findRow } from './links/table.ts';
import { Outlet } from './outlet.ts';
import { ServiceLinks } from './service-links.ts';
import { AmqpSession, type SessionParts, type SharedConnection } from './session.ts';
import { settle } from './settle.ts';

/** Of AMQP over TLS: https://www.iana.org/assignments/service-names-port-numbers */
const AMQPS_PORT = 5671;

export interface ApplicationParts extends SessionParts, Authenticators {
  readonly hasDeviceCa: boolean;
  readonly eventHubs: EventHubs;
}

/** Where a connection comes from. */
export interface Origin {
  readonly protocol: SharedConnection['protocol'];
  /** The connection beneath, which has the client's certificate. */
  readonly socket: Duplex;
}

/** One AMQP connection of devices or service apps, as the hub sees it. */
export class HubApplication implements AmqpApplication, LinkHost, SharedConnection {
  readonly outlet = new Outlet();
  replyLink: OutgoingLink | undefined;
  readonly #parts: ApplicationParts;
  readonly #origin: Origin;
  readonly #claims: Claims;
  readonly #services: ServiceLinks;
  readonly #sessions = new Map<IdentityKey, AmqpSession>();
  #connection: AmqpConnection | undefined;

  constructor(parts: ApplicationParts, origin: Origin) {
    this.#parts = parts;
    this.#origin = origin;
    this.#claims = new Claims(parts);
    this.#services = new ServiceLinks(parts.wallClock);
  }

  get hub(): Hub {
    return this.#parts.hub;
  }

  get eventHubs(): EventHubs {
    return this.#parts.eventHubs;
  }

  get port(): number {
    const { socket, protocol } = this.#origin;
    const port = 'localPort' in socket ? socket.localPort : undefined;
    return protocol === 'amqp' && typeof port === 'number' ? port : AMQPS_PORT;
  }

  get protocol(): Origin['protocol'] {
    return this.#origin.protocol;
  }

  // Calls of the engine

  /** With PLAIN the password is a token, whatever the user name is. */
  authenticate(attempt: SaslAttempt): boolean {
    if (attempt.mechanism !== 'PLAIN') return true;
    try {
      this.#claims.add(attempt.password);
      return true;
    } catch (error) {
      if (error instanceof HubError) return false;
      throw error;
    }
  }

  opened(connection: AmqpConnection): void {
    this.#connection = connection;
    this.outlet.connected(connection);
    this.#claims.present(peerCertificate(this.#origin.socket, this.#parts.hasDeviceCa));
    if (this.#claims.needNoToken) connection.authorize();
  }

  attachIncoming(link: IncomingLink): IncomingHandler {
    return this.#attach(link, ({ row, names }) => row.incoming?.({ host: this, link, names }));
  }

  attachOutgoing(link: OutgoingLink): OutgoingHandler {
    return this.#attach(link, ({ row, names }) => row.outgoing?.({ host: this, link, names }));
  }

  closed(): void {
    this.outlet.closed();
  }

  // Calls of links

  takeToken(token: string, done: (error?: HubError) => void): void {
    const key = this.#claims.identityIn(token);
    const { faults } = this.#parts;
    const take = (): void => done(this.#addClaim(token));
    if (key === undefined || !faults.isActive) {
      take();
      return;
    }
    const reply = (error?: HubError): void => this.outlet.send(() => done(error));
    const run = { handle: () => reply(this.#addClaim(token)), refuse: reply };
    faults.run({ type: 'connect', protocol: this.protocol, key }, receiveExchange(this.outlet, 'connect', run));
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

  settle(delivery: IncomingDelivery, take: () => void): void {
    settle(delivery, take, {
      send: (action) => action(),
      onBug: (error, subject) => this.#parts.log.error('A request failed', error, { address: subject }),
    });
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

  #attach<H>(
    link: IncomingLink | OutgoingLink,
    open: (found: NonNullable<ReturnType<typeof findRow>>) => H | undefined,
  ): H {
    const found = findRow(link.address ?? '');
    const subject = found?.row.address ?? '';
    try {
      const handler = found && open(found);
      if (handler === undefined)
        throw new HubError(
          'AmqpAddressNotFound',
          `There is no address ${link.address ?? ''} for links of this direction.`,
        );
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
