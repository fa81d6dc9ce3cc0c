import { join } from 'node:path';
import type { Edition } from './steps.ts';

const program = (name: string): string[] => [process.execPath, join(import.meta.dirname, 'node', name)];

/** The tutorial with azure-iothub and azure-iot-device-mqtt. */
export const NODE_EDITION: Edition = {
  service: program('add-tags-and-query.js'),
  device: program('report-connectivity.js'),
};
