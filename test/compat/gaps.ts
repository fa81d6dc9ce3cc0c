import { createRequire } from 'node:module';
import type { Emulator } from 'iothub-emulator';

const require = createRequire(import.meta.url);
const iothub = require('azure-iothub');
const { Client } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

/** Something that works on the service but not here. `attempt` does it as Microsoft's SDK does, and must fail. */
export interface Gap {
  readonly id: string;
  readonly lacks: string;
  readonly reason: string;
  attempt(emulator: Emulator): Promise<unknown>;
}

const FILES = 'file upload is not in this version';

const device = (emulator: Emulator) => Client.fromConnectionString(emulator.deviceConnectionString('d1'), Mqtt);

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
  {
    id: 'FILES-1',
    lacks: 'a place to upload a file to',
    reason: FILES,
    attempt: (emulator) => device(emulator).getBlobSharedAccessSignature('picture.png'),
  },
  {
    id: 'STREAM-1',
    lacks: 'device streams',
    reason: 'device streams are not in this version',
    attempt: (emulator) => ask(emulator, 'POST', '/twins/d1/streams/s1?api-version=2021-04-12'),
  },
];
