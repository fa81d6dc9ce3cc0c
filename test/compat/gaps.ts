import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect } from 'node:tls';
import type { Emulator } from 'iothub-emulator';

const require = createRequire(import.meta.url);
const iothub = require('azure-iothub');
const { Client } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

/** Something that works on the service and does not here: `attempt` does it as Microsoft's SDK does, and must fail. */
export interface Gap {
  readonly id: string;
  readonly lacks: string;
  readonly reason: string;
  attempt(emulator: Emulator): Promise<unknown>;
}

const MESSAGES = 'messages to devices are out of this version';
const AMQP = 'AMQP is out of this version';
const FILES = 'file upload is out of this version';

const device = (emulator: Emulator) => Client.fromConnectionString(emulator.deviceConnectionString('d1'), Mqtt);

/** Settles when the first bytes of AMQP 1.0 are answered by the same, as the specification has it (2.2). */
const greetInAmqp = async ({ httpsPort, ca }: Emulator): Promise<void> => {
  const socket = connect({ port: httpsPort, host: 'localhost', ca });
  socket.write(Buffer.from('AMQP\x03\x01\x00\x00', 'latin1'));
  const [first] = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  socket.destroy();
  if (!Buffer.isBuffer(first) || first.toString('latin1', 0, 4) !== 'AMQP') throw new Error('not answered in AMQP');
};

const ask = async (emulator: Emulator, method: string, path: string): Promise<void> => {
  const registry = iothub.Registry.fromConnectionString(emulator.connectionString());
  await new Promise<void>((done, failed) => {
    // the SDK's own client, with its token and headers
    registry._restApiClient.executeApiCall(method, path, {}, null, (error: Error | null) =>
      error ? failed(error) : done(),
    );
  });
};

export const GAPS: readonly Gap[] = [
  { id: 'AMQP-1', lacks: 'AMQP on the TLS ports', reason: AMQP, attempt: greetInAmqp },
  {
    id: 'C2D-1',
    lacks: "receiving a device's messages over HTTPS",
    reason: MESSAGES,
    attempt: (emulator) => ask(emulator, 'GET', '/devices/d1/messages/deviceBound?api-version=2021-04-12'),
  },
  {
    id: 'D2C-1',
    lacks: 'sending telemetry over HTTPS',
    reason: 'messages over HTTPS are out of this version',
    attempt: (emulator) => ask(emulator, 'POST', '/devices/d1/messages/events?api-version=2021-04-12'),
  },
  {
    id: 'FEEDBACK-1',
    lacks: 'feedback on messages to devices',
    reason: MESSAGES,
    attempt: (emulator) => ask(emulator, 'GET', '/messages/serviceBound/feedback?api-version=2021-04-12'),
  },
  {
    id: 'FILES-1',
    lacks: 'a place to upload a file to',
    reason: FILES,
    attempt: (emulator) => device(emulator).getBlobSharedAccessSignature('picture.png'),
  },
  {
    id: 'STREAM-1',
    lacks: 'device streams',
    reason: 'device streams are out of this version',
    attempt: (emulator) => ask(emulator, 'POST', '/twins/d1/streams/s1?api-version=2021-04-12'),
  },
];
