export { HubError } from '../protocol/errors.ts';
export { type Emulator, type EmulatorOptions, startEmulator } from './emulator.ts';
export { type Clock, systemClock, VirtualClock } from './hub/clock.ts';
export type { Hub } from './hub/hub.ts';
export type { Log } from './log.ts';
