import { duplexPair } from 'node:stream';
import { startMqtt } from '../../../emulator/servers/mqtt/server.ts';
import { createRestServer } from '../../../emulator/servers/rest/server.ts';
import { openAmqpHub } from './amqp-hub.ts';
import { identityToken, policyToken } from './authenticated-hub.ts';
import { MqttPeer } from './mqtt-peer.ts';
import { type Reply, send } from './rest-client.ts';

/** A hub with the device `d1` that speaks AMQP, MQTT and HTTPS, without TLS. */
export const openHubOfAll = async () => {
  const world = await openAmqpHub();
  const { hub, auth, log, wallClock } = world;
  const mqtt = await startMqtt({ hub, auth, log, wallClock });
  const rest = createRestServer({ hub, auth, log });
  await rest.ready();
  await new Promise<void>((done) => rest.http.listen(0, '127.0.0.1', done));
  const address = rest.http.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const ask =
    (authorization: string) =>
    (
      method: string,
      path: string,
      { headers, body, query = '' }: { headers?: Readonly<Record<string, string>>; body?: string; query?: string } = {},
    ): Promise<Reply> =>
      send({
        port,
        method,
        path: `${path}?api-version=2021-04-12&${query}`,
        headers: { authorization, ...headers },
        ...(body === undefined ? {} : { body }),
      });
  return {
    ...world,
    /** A device with an open MQTT connection. */
    async mqttDevice(): Promise<MqttPeer> {
      const [near, far] = duplexPair();
      // as with sockets, what one side drops the other one loses
      near.once('close', () => far.destroy());
      mqtt.accept(far);
      const peer = new MqttPeer(near);
      const username = 'localhost/d1/?api-version=2021-04-12';
      await peer.connect({ clientId: 'd1', username, password: identityToken(hub, 'd1') });
      return peer;
    },
    /** Requests with the token of the device. */
    askAsDevice: ask(identityToken(hub, 'd1')),
    /** Requests with the token of a policy. */
    askAsService: ask(policyToken('service')),
    async [Symbol.asyncDispose]() {
      await mqtt.close();
      await rest.close();
      await world[Symbol.asyncDispose]();
    },
  };
};

export type HubOfAll = Awaited<ReturnType<typeof openHubOfAll>>;
