import { connect } from 'node:tls';
import { HubError } from '../../../protocol/errors.ts';
import { signSas } from '../../../protocol/sas.ts';
import type { Authenticator } from '../../auth/authenticate.ts';
import type { DeviceCredentials } from '../../auth/identity-access.ts';
import type { Policy } from '../../auth/policies.ts';
import type { IdentityPrincipal } from '../../auth/principal.ts';
import { PROBE_AGENT } from '../diagnostics.ts';
import type { Address } from '../listener/tcp.ts';
import type { Probe } from './health.ts';

const TIMEOUT_MS = 3_000;

/** Requests the statistics over REST, with a new token. */
export const restProbe = ({ host, port }: Address, policy: Policy): Probe => ({
  name: 'rest',
  async check() {
    const { request } = await import('node:https'); // not needed for a start
    await new Promise<void>((done, failed) => {
      const expiry = Math.ceil(Date.now() / 1000) + 60;
      const authorization = signSas({ resource: 'localhost', key: policy.primaryKey, expiry, policy: policy.name });
      const asking = request(
        {
          host,
          port,
          path: '/statistics/devices?api-version=2021-04-12',
          headers: { authorization, 'user-agent': PROBE_AGENT },
          agent: false,
          rejectUnauthorized: false, // it is this process, and a certificate of the user may be for any name
          timeout: TIMEOUT_MS,
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

/** Sends a CONNECT with a password that no device has, and expects the refusal that a device would get. */
export const mqttProbe = ({ host, port }: Address, password: string): Probe => ({
  name: 'mqtt',
  check: () =>
    new Promise((done, failed) => {
      const socket = connect({ host, port, rejectUnauthorized: false }, () =>
        socket.write(connectPacket('probe', 'localhost/probe/', password)),
      );
      socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('MQTT did not answer in time')));
      socket.once('data', (answer) => {
        socket.destroy();
        if (answer.equals(NOT_AUTHORIZED)) done();
        else failed(new Error(`MQTT answered ${answer.toString('hex')}`));
      });
      socket.once('error', failed);
      socket.once('close', () => failed(new Error('MQTT closed the connection')));
    }),
});

/** Authentication that refuses the MQTT probe without a line in the log. */
export const expectingProbe = (auth: Authenticator, password: string): Pick<Authenticator, 'device'> => ({
  device: (credentials: DeviceCredentials): IdentityPrincipal => {
    if (credentials.password !== password) return auth.device(credentials);
    throw new HubError('IotHubUnauthorizedAccess', 'Unauthorized');
  },
});

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
