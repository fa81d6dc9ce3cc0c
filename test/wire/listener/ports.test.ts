import { expect, test } from 'vitest';
import { PROTOCOLS, type ProtocolRow, protocolsOn } from '../../../emulator/endpoints/protocols.ts';
import { openListener } from '../../../emulator/servers/listener/listener.ts';
import { dial, testCertificates } from '../../support/wire/tls.ts';

const HTTP = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
/** A CONNECT. */
const MQTT = Buffer.from('100e00044d5154540402003c00026431', 'hex');

/** The servers that get HTTP and MQTT on a port of `row` that has `number`; `closed` if the connection ends instead. */
const servers = async (row: ProtocolRow, number: number, leniently: boolean) => {
  const seen: string[] = [];
  const protocols = protocolsOn(row, number, leniently);
  await using listener = await openOn(protocols, (server) => seen.push(server));
  for (const bytes of [HTTP, MQTT]) {
    const socket = await dial(listener.port);
    socket.on('error', () => undefined);
    const ended = new Promise((done) => socket.once('close', done));
    socket.write(bytes);
    socket.resume();
    await ended;
    if (seen.length === 0 || (bytes === MQTT && seen.length === 1)) seen.push('closed');
  }
  return seen;
};

const openOn = async (protocols: ReturnType<typeof protocolsOn>, accepted: (server: string) => void) => {
  const listener = await openListener(
    { hosts: ['127.0.0.1'], ports: [{ number: 0, tls: true, protocols }], ...(await testCertificates()) },
    {
      accept: (server, socket) => {
        accepted(server);
        socket.destroy();
      },
    },
  );
  return { port: listener.ports[0] ?? 0, [Symbol.asyncDispose]: () => listener.close() };
};

const [https, mqtt] = PROTOCOLS;

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-protocols#port-numbers
test('443 takes HTTP only, 8883 MQTT only', async () => {
  expect(await servers(https, 443, false)).toEqual(['http', 'http']); // which answers that it is not HTTP
  expect(await servers(mqtt, 8883, false)).toEqual(['closed', 'mqtt']);
});

test.each([
  ['443 and 8883 take both if the ports are lenient', 443, 8883, true],
  ['other ports take both', 8443, 18883, false],
  ['free ports take both', 0, 0, false],
  ['a port that has the number of another protocol takes both', 8883, 443, false],
])('%s', async (_title, httpsPort, mqttPort, leniently) => {
  expect(await servers(https, httpsPort, leniently)).toEqual(['http', 'mqtt']);
  expect(await servers(mqtt, mqttPort, leniently)).toEqual(['http', 'mqtt']);
});
