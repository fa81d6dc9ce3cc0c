import type { Duplex } from 'node:stream';
import type { Client } from 'aedes';
import { HubError } from '../../../protocol/errors.ts';
import type { Authenticator } from '../../auth/authenticate.ts';
import type { Hub } from '../../hub/hub.ts';
import { type Log, printable } from '../../log.ts';
import { arrivalOf } from './arrival.ts';
import { peerCertificate } from './certificate.ts';
import { type Caller, type ReturnCode, readCaller } from './connect.ts';
import { Line } from './line.ts';
import type { Mishaps } from './mishaps.ts';
import type { Outbox } from './outbox.ts';
import { Takeover } from './takeover.ts';

export interface AdmissionParts {
  readonly hub: Hub;
  readonly auth: Pick<Authenticator, 'device'>;
  readonly log: Log;
  readonly mishaps: Mishaps;
  readonly hasDeviceCa: boolean;
  /** Hears of each line that is let in. */
  welcome(client: Client, line: Line, expiresAt: number): void;
}

/** Called back with a return code, or with nothing if the connection is welcome. */
type Verdict = (code?: ReturnCode) => void;

/** Decides who is let in, one connection after the other per identity. */
export class Admission {
  readonly #parts: AdmissionParts;
  readonly #takeover = new Takeover();
  readonly #outbox: Outbox;

  constructor(parts: AdmissionParts, outbox: Outbox) {
    this.#parts = parts;
    this.#outbox = outbox;
  }

  /** Looks at the CONNECT of `client`. */
  admit(client: Client, password: string | undefined, done: Verdict): void {
    if (client.closed) return; // meanwhile: aedes asks a moment after the CONNECT
    const { connect } = arrivalOf(client);
    if (connect === undefined) throw new Error('aedes asks before it has shown the CONNECT');
    const caller = readCaller(connect.clientId, connect.username);
    if ('returnCode' in caller) {
      const { returnCode, cause, remedy } = caller;
      this.#parts.log.warn('Refused a connection', { device: printable(connect.clientId), cause, remedy });
      done(returnCode);
      return;
    }
    this.#parts.mishaps.arrive(client, caller.key, {
      proceed: () => this.#enter(client, { caller, password, clean: connect.clean ?? true }, done),
      refuse: done,
    });
  }

  #enter(
    client: Client,
    { caller, password, clean }: { caller: Caller; password: string | undefined; clean: boolean },
    done: Verdict,
  ): void {
    const { hub, auth, log, mishaps, hasDeviceCa, welcome } = this.#parts;
    const arrival = arrivalOf(client);
    // the broker's type says `Duplex | Socket`
    arrival.arrived = this.#takeover.enter(caller.key, client.conn as Duplex, () => {
      if (client.closed) return;
      try {
        const certificate = password ? undefined : peerCertificate(arrival.socket, hasDeviceCa);
        const principal = auth.device({ key: caller.key, password, certificate });
        const { protocol } = arrival;
        const line = new Line({ key: caller.key, protocol, client, hub, outbox: this.#outbox, mishaps });
        line.present = hub.sessions.open(line, { clean, modelId: caller.modelId }).present;
        welcome(client, line, principal.expiresAt);
        done();
      } catch (error) {
        if (!(error instanceof HubError)) log.error('A connection failed', error, { device: caller.key });
        done(error instanceof HubError ? 5 : 3);
      }
    });
  }
}
