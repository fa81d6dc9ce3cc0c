export { HubError } from '../protocol/errors.ts';
export { type EmulatorOptions, startEmulator } from './emulator.ts';
export type { Fork, HubHandle } from './handle.ts';
export { type Clock, systemClock, VirtualClock } from './hub/clock.ts';
export type { Hub } from './hub/hub.ts';
export type { Log } from './log.ts';
export type { Emulator } from './running.ts';
