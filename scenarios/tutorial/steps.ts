import { setTimeout as pause } from 'node:timers/promises';
import { start } from './programs.ts';

/** The two programs of one language, as commands. */
export interface Edition {
  readonly service: readonly string[];
  readonly device: readonly string[];
}

/** Which of the two queries found the device. */
export interface Findings {
  readonly inPlant: boolean;
  readonly onCellular: boolean;
}

/** Queries of a real hub see a change after some seconds. https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-query-language */
const TIMEOUT_SECONDS = 60;
const PAUSE_SECONDS = 5;

/** Runs the tutorial: service app, device app, service app again. Returns what the queries found before and after. */
export const runSteps = async (
  { service, device }: Edition,
  environment: NodeJS.ProcessEnv,
): Promise<{ before: Findings; after: Findings }> => {
  title('1. The service app tags the device and queries');
  const before = await ask(service, environment, ({ inPlant }) => inPlant);

  title('2. The device app reports how it is connected');
  const reporting = start(device, environment);
  try {
    await reporting.says('Twin state reported');

    title('3. The service app queries again');
    const after = await ask(service, environment, ({ inPlant, onCellular }) => inPlant && onCellular);
    return { before, after };
  } finally {
    reporting.interrupt();
    await reporting.ended;
  }
};

export const title = (text: string): void => console.log(`\n${text}\n`);

/** Runs the service app until it finds enough, or until the timeout. */
const ask = async (
  service: readonly string[],
  environment: NodeJS.ProcessEnv,
  isEnough: (found: Findings) => boolean,
): Promise<Findings> => {
  const end = Date.now() + TIMEOUT_SECONDS * 1000;
  for (;;) {
    const found = findings(await start(service, environment).ended, environment);
    if (isEnough(found) || Date.now() > end) return found;
    console.log(`   (not in the query yet; again in ${PAUSE_SECONDS} s)`);
    await pause(PAUSE_SECONDS * 1000);
  }
};

const findings = (text: string, environment: NodeJS.ProcessEnv): Findings => {
  const [, deviceId = ''] = /DeviceId=([^;]+)/.exec(environment.IOTHUB_DEVICE_CONNECTION_STRING ?? '') ?? [];
  const lists = (start: string): boolean => {
    const line = text.split(/\r?\n/).find((candidate) => candidate.startsWith(start));
    return line?.slice(start.length).split(', ').includes(deviceId) ?? false;
  };
  return {
    inPlant: lists('Devices in Redmond43: '),
    onCellular: lists('Devices in Redmond43 using cellular network: '),
  };
};
