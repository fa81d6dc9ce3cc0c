import { type Emulator, type EmulatorOptions, type Hub, startEmulator, VirtualClock } from 'iothub-emulator';
import { ConnectionString } from 'iothub-emulator/common';
import { Client, clientFromConnectionString, type DeviceClientOptions, Message, Mqtt } from 'iothub-emulator/device';
import { type Device, Registry, Client as ServiceClient } from 'iothub-emulator/service';
import { type FaultEffect, hubFixtures, TestHub, type TestOptions } from 'iothub-emulator/testing';

// Compiled against the package by each TypeScript that it is meant for, never run.

const options: EmulatorOptions = {
  ports: 'random',
  devices: ['d1', { id: 'd2', tags: { room: 1 } }],
  clock: 'virtual',
};
// @ts-expect-error: there is no such option
export const unknownOption: EmulatorOptions = { port: 1 };
export const delay: FaultEffect = { type: 'delay', ms: 5 };
// @ts-expect-error: a delay needs its time
export const endless: FaultEffect = { type: 'delay' };

export const run = async (): Promise<string> => {
  const emulator: Emulator = await startEmulator(options);
  const hub: Hub = emulator.hub;
  const client: Client = clientFromConnectionString(emulator.deviceConnectionString('d1'));
  await client.sendEvent(new Message('hello'));
  await Client.fromConnectionString(emulator.deviceConnectionString('d2'), Mqtt).open();
  const registry = Registry.fromConnectionString(emulator.connectionString());
  const { responseBody: twin } = await registry.getTwin('d1');
  const etag: string = twin.etag;
  const { responseBody: device } = await registry.get('d1');
  const host: string | undefined = ConnectionString.parse(emulator.connectionString()).HostName;
  await emulator.close();
  return `${etag} ${device.deviceId} ${host} ${typeof hub.twins.get('d1')}`;
};

export type { Device, DeviceClientOptions, TestOptions };
export { hubFixtures, ServiceClient, TestHub, VirtualClock };
