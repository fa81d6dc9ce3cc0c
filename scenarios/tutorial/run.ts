// The tutorial from end to end: service app, device app, service app again, with what the queries found before and after.
// Starts an emulator of its own, or uses the hub that IOTHUB_CONNECTION_STRING names.

import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { deviceOn } from './device.ts';
import { type Program, runToEnd, start } from './programs.ts';

const FOLDER = join(import.meta.dirname, 'node');
const SERVICE = join(FOLDER, 'add-tags-and-query.js');
const DEVICE = join(FOLDER, 'report-connectivity.js');
const DEVICE_ID = 'myDeviceId';

/** A real hub's queries see a change after some seconds. https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-query-language */
const PATIENCE_SECONDS = 60;

interface Findings {
  readonly inPlant: boolean;
  readonly onCellular: boolean;
}

const main = async (): Promise<boolean> => {
  const opened: (() => Promise<void>)[] = [];
  try {
    const own = process.env.IOTHUB_CONNECTION_STRING === undefined;
    const environment = own ? await startHub(opened) : await deviceOn(process.env, DEVICE_ID);
    title('1. The service app tags the device and asks');
    const before = await ask(environment, { inPlant: true, onCellular: false });

    title('2. The device app reports how it is connected');
    const device = start(DEVICE, environment);
    opened.push(() => stop(device));
    await device.says('Twin state reported');

    title('3. The service app asks again');
    const after = await ask(environment, { inPlant: true, onCellular: true });

    title('Found');
    console.log(`before: ${tell(before)}`);
    console.log(`after:  ${tell(after)}`);
    // a device of a real hub may have reported in an earlier run
    return before.inPlant && (!before.onCellular || !own) && after.inPlant && after.onCellular;
  } finally {
    for (const shut of opened.reverse()) await shut();
  }
};

const startHub = async (opened: (() => Promise<void>)[]): Promise<NodeJS.ProcessEnv> => {
  const { startEmulator } = await import('iothub-emulator');
  const emulator = await startEmulator({ ports: 'random', devices: [DEVICE_ID] });
  opened.push(() => emulator.close());
  return { ...process.env, ...emulator.env() };
};

/** Runs the service app until it finds what is expected, or patience ends. */
const ask = async (environment: NodeJS.ProcessEnv, expected: Findings): Promise<Findings> => {
  const end = Date.now() + PATIENCE_SECONDS * 1000;
  for (;;) {
    const found = findings(await runToEnd(SERVICE, environment), environment);
    const enough = found.inPlant && (found.onCellular || !expected.onCellular);
    if (enough || Date.now() > end) return found;
    console.log('(not yet in the query; again in 5 s)');
    await pause(5_000);
  }
};

const findings = (text: string, environment: NodeJS.ProcessEnv): Findings => {
  const deviceId = /DeviceId=([^;]+)/.exec(environment.IOTHUB_DEVICE_CONNECTION_STRING ?? '')?.[1] ?? DEVICE_ID;
  const lists = (line: string) =>
    text
      .split('\n')
      .find((candidate) => candidate.startsWith(line))
      ?.slice(line.length)
      .split(', ')
      .includes(deviceId) ?? false;
  return {
    inPlant: lists('Devices in Redmond43: '),
    onCellular: lists('Devices in Redmond43 using cellular network: '),
  };
};

const stop = async (device: Program): Promise<void> => {
  device.interrupt();
  await device.ended;
};

const tell = ({ inPlant, onCellular }: Findings): string =>
  `the device is ${inPlant ? '' : 'not '}in Redmond43, and ${onCellular ? '' : 'not '}known to use a cellular network`;

const title = (text: string): void => console.log(`\n${text}\n`);

try {
  const passed = await main();
  console.log(passed ? '\nThe tutorial works.' : '\nThe tutorial does not work: see above.');
  process.exitCode = passed ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
