// Runs the Node edition from end to end, on a new emulator or on the hub of IOTHUB_CONNECTION_STRING.

import { startEmulator } from 'iothub-emulator';
import { deviceOn } from './device.ts';
import { NODE_EDITION } from './node-edition.ts';
import { type Findings, runSteps, title } from './steps.ts';

const DEVICE_ID = 'myDeviceId';

const onOwnHub = async (): Promise<boolean> => {
  await using emulator = await startEmulator({ ports: 'random', devices: [DEVICE_ID] });
  const { before, after } = await runSteps(NODE_EDITION, { ...process.env, ...emulator.env() });
  return tell(before, after) && !before.onCellular;
};

const onGivenHub = async (): Promise<boolean> => {
  const { before, after } = await runSteps(NODE_EDITION, await deviceOn(process.env, DEVICE_ID));
  return tell(before, after); // the device may have reported in an earlier run
};

const tell = (before: Findings, after: Findings): boolean => {
  title('Found');
  console.log(`   before: ${phrase(before)}`);
  console.log(`   after:  ${phrase(after)}`);
  return before.inPlant && after.inPlant && after.onCellular;
};

const phrase = ({ inPlant, onCellular }: Findings): string =>
  `the device is ${inPlant ? '' : 'not '}in Redmond43, and ${onCellular ? '' : 'not '}known to use a cellular network`;

try {
  const works = await (process.env.IOTHUB_CONNECTION_STRING === undefined ? onOwnHub() : onGivenHub());
  console.log(works ? '\nThe tutorial works.' : '\nThe tutorial does not work: see above.');
  process.exitCode = works ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
