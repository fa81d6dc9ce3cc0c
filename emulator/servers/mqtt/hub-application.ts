import { HubError } from '../../../protocol/errors.ts';
import type { Authenticator } from '../../auth/authenticate.ts';
import { printable } from '../../log.ts';
import { peerCertificate } from '../listener/peer-certificate.ts';
import { tellRefusal } from '../refusals.ts';
import type {
  ClientConnection,
  ConnectRequest,
  Decide,
  MqttApplication,
  ReturnCode,
  Violation,
} from './broker/application.ts';
import { type Caller, readCaller, WITHOUT_TWINS } from './connect.ts';
import { connectExchange } from './faults/exchanges.ts';
import { MqttSession } from './session.ts';
import type { SessionParts } from './session-parts.ts';
import { ConnectExchange, type ConnectResult } from './traffic/connect.ts';

export interface HubApplicationParts extends SessionParts {
  readonly auth: Pick<Authenticator, 'device'>;
  readonly hasDeviceCa: boolean;
}

/** Who wants to connect, and how. */
interface Attempt {
  readonly key: string;
  readonly request: ConnectRequest;
  readonly connection: ClientConnection;
}

/** The hub as the service that MQTT clients talk to. */
export class HubApplication implements MqttApplication {
  readonly #parts: HubApplicationParts;

  constructor(parts: HubApplicationParts) {
    this.#parts = parts;
  }

  admit(request: ConnectRequest, connection: ClientConnection, decide: Decide): void {
    const { faults } = this.#parts;
    const caller = readCaller(request.clientId, request.username);
    if ('returnCode' in caller) {
      const { returnCode, ...why } = caller;
      const key = printable(request.clientId);
      tellRefusal(this.#parts, 'Refused a connection', { what: 'connection', key, ...why });
      this.#record({ key, request, connection }, { code: returnCode, refusal: why });
      decide(returnCode);
      return;
    }
    const { key } = caller;
    const openSession = () => this.#openSession(caller, request, connection);
    if (!faults.isActive) decide(openSession);
    else {
      const exchange = connectExchange(connection, openSession, decide);
      faults.run({ type: 'connect', protocol: connection.protocol, key }, exchange);
    }
  }

  violated({ clientId, cause, remedy }: Violation): void {
    const key = clientId === undefined ? undefined : printable(clientId);
    tellRefusal(this.#parts, 'Closed a connection', {
      what: 'connection',
      key,
      code: 'protocol-violation',
      cause,
      remedy,
    });
  }

  /** Ends all sessions. */
  shutdown(): void {
    for (const session of [...this.#parts.hub.sessions.live()])
      if (session instanceof MqttSession) session.drop('shutdown');
  }

  #openSession(
    { key, modelId, hasTwins }: Caller,
    request: ConnectRequest,
    connection: ClientConnection,
  ): ReturnCode | MqttSession {
    const { password, clean } = request;
    const { auth, hasDeviceCa, log } = this.#parts;
    try {
      const certificate = password ? undefined : peerCertificate(connection.socket, hasDeviceCa);
      const principal = auth.device({ key, password, certificate });
      const session = new MqttSession({ key, hasTwins }, connection, this.#parts);
      session.open(principal, { resume: !clean, modelId });
      if (!hasTwins) log.warn('Connected a device without twins and methods', { device: key, ...WITHOUT_TWINS });
      this.#record({ key, request, connection }, { code: 0, isResumed: session.isResumed });
      return session;
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      // the probe of the emulator itself is refused without a hint
      if (error.hint !== undefined || error.code !== 'IotHubUnauthorizedAccess')
        this.#record({ key, request, connection }, { code: 5, refusal: error });
      return 5;
    }
  }

  #record({ key, request, connection }: Attempt, result: ConnectResult): void {
    const { protocol } = connection;
    this.#parts.traffic?.record(new ConnectExchange({ key, protocol }, request, result));
  }
}
