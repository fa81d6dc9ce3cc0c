import { randomUUID } from 'node:crypto';
import { connect } from 'node:tls';
import { HubError } from '../protocol/errors.ts';
import { signSas } from '../protocol/sas.ts';
import type { Authenticator, DeviceCredentials, Principal } from './auth/authenticate.ts';
import type { Policy } from './auth/policies.ts';

/** Asks one server, as a client would, whether it answers. */
export interface Probe {
  readonly name: string;
  /** Rejects with the reason if it does not. */
  check(): Promise<void>;
}

/** Where the servers are, as seen from here. */
export interface Places {
  readonly address: string;
  readonly https: number;
  readonly mqtt: number;
}

const PATIENCE = 3_000;

/** Whether REST answers: the statistics, asked for with a fresh token. */
export const restProbe = (places: () => Places, policy: Policy): Probe => ({
  name: 'rest',
  async check() {
    // a plain start has no need of it
    const { request } = await import('node:https');
    await new Promise<void>((done, failed) => {
      const { address, https } = places();
      const expiry = Math.ceil(Date.now() / 1000) + 60;
      const authorization = signSas({ resource: 'localhost', key: policy.primaryKey, expiry, policy: policy.name });
      const asking = request(
        {
          host: address,
          port: https,
          path: '/statistics/devices?api-version=2021-04-12',
          headers: { authorization },
          agent: false,
          rejectUnauthorized: false, // it is this process, and a certificate brought along may be for any name
          timeout: PATIENCE,
        },
        (response) => {
          response.resume();
          if (response.statusCode === 200) response.once('end', done);
          else failed(new Error(`REST answered ${response.statusCode}`));
        },
      );
      asking.on('timeout', () => asking.destroy(new Error('REST did not answer in time')));
      asking.on('error', failed);
      asking.end();
    });
  },
});

/** Whether MQTT answers: a CONNECT that only the probe can send is refused as a device would be. */
export class MqttProbe implements Probe {
  readonly name = 'mqtt';
  readonly #places: () => Places;
  readonly #password = randomUUID();

  constructor(places: () => Places) {
    this.#places = places;
  }

  /** Authentication that knows the probe, so that it leaves no traces in the log. */
  guard(auth: Authenticator): Pick<Authenticator, 'device'> {
    return {
      device: (credentials: DeviceCredentials): Principal => {
        if (credentials.password !== this.#password) return auth.device(credentials);
        throw new HubError('IotHubUnauthorizedAccess', 'Unauthorized');
      },
    };
  }

  check(): Promise<void> {
    return new Promise((done, failed) => {
      const { address, mqtt } = this.#places();
      const socket = connect({ host: address, port: mqtt, rejectUnauthorized: false }, () =>
        socket.write(connectPacket('probe', 'localhost/probe/', this.#password)),
      );
      socket.setTimeout(PATIENCE, () => socket.destroy(new Error('MQTT did not answer in time')));
      socket.once('data', (answer) => {
        socket.destroy();
        if (answer.equals(NOT_AUTHORIZED)) done();
        else failed(new Error(`MQTT answered ${answer.toString('hex')}`));
      });
      socket.once('error', failed);
      socket.once('close', () => failed(new Error('MQTT closed the connection')));
    });
  }
}

/** CONNACK, return code 5. */
const NOT_AUTHORIZED = Buffer.from([0x20, 2, 0, 5]);

/** MQTT 3.1.1 CONNECT, clean session, with username and password. */
const connectPacket = (clientId: string, username: string, password: string): Buffer => {
  const texts = [clientId, username, password].flatMap(field);
  const body = Buffer.concat([...field('MQTT'), Buffer.from([4, 0b1100_0010, 0, 60]), ...texts]);
  return Buffer.concat([Buffer.from([0x10, body.length]), body]);
};

const field = (text: string): Buffer[] => {
  const bytes = Buffer.from(text);
  return [Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes];
};
