import type { Duplex } from 'node:stream';
import type { PeerCertificate } from '../../auth/certificate.ts';
import type { ShownCredentials } from '../../auth/hub-finder.ts';
import type { Guest } from '../elsewhere.ts';
import { peerCertificate } from '../listener/peer-certificate.ts';
import { identityIn } from './address.ts';
import { type Authenticators, Claims } from './connect.ts';
import type { EventHubs } from './event-hubs/event-hubs.ts';
import type { SharedConnection } from './session.ts';
import type { SessionParts } from './session-parts.ts';

export interface ApplicationParts extends SessionParts, Authenticators {
  readonly hasDeviceCa: boolean;
  readonly eventHubs: EventHubs;
  /** The parts of the hub that a client's credentials are for, if that is another one. */
  elsewhere?(credentials: ShownCredentials): ApplicationParts | undefined;
  /** Where a hub finds its connections to the server of another one. */
  readonly guests?: Set<Guest>;
}

/** Where a connection comes from. */
export interface Origin {
  readonly protocol: SharedConnection['protocol'];
  /** The connection beneath, which has the client's certificate. */
  readonly socket: Duplex;
}

/** What a client shows by a token, or by a link to what belongs to a device or module. */
export interface Shown {
  readonly token: string | undefined;
  readonly names?: readonly string[];
}

/** The hub that a connection talks to: the one that was given it, until a client's credentials are for another one. */
export class HubChoice {
  readonly #socket: Duplex;
  #parts: ApplicationParts;
  #claims: Claims;
  #isOpen = false;

  constructor(parts: ApplicationParts, socket: Duplex) {
    this.#parts = parts;
    this.#claims = new Claims(parts);
    this.#socket = socket;
  }

  get parts(): ApplicationParts {
    return this.#parts;
  }

  /** What the client has proved to this hub. */
  get claims(): Claims {
    return this.#claims;
  }

  /** The connection is open: its certificate counts from now on. */
  present(): void {
    this.#isOpen = true;
    this.#claims.present(this.#certificate);
  }

  /** Chooses the hub, if the client has not sent a valid token before. */
  make({ token, names }: Shown, guest: Guest): void {
    const { elsewhere, isKnown } = this.#parts;
    if (elsewhere === undefined || this.#claims.hasTokens) return;
    const key = names && identityIn(names, isKnown);
    const parts = elsewhere({ token, key, certificate: token === undefined ? this.#certificate : undefined });
    if (parts === undefined) return;
    this.#parts = parts;
    this.#claims = new Claims(parts);
    if (this.#isOpen) this.present();
    parts.guests?.add(guest);
  }

  leave(guest: Guest): void {
    this.#parts.guests?.delete(guest);
  }

  get #certificate(): PeerCertificate | undefined {
    return peerCertificate(this.#socket, this.#parts.hasDeviceCa);
  }
}

/** Of AMQP over TLS: https://www.iana.org/assignments/service-names-port-numbers */
const AMQPS_PORT = 5671;

/** The port at which the client has connected. */
export const portOf = ({ socket, protocol }: Origin): number => {
  const port = 'localPort' in socket ? socket.localPort : undefined;
  return protocol === 'amqp' && typeof port === 'number' ? port : AMQPS_PORT;
};
