export type { FaultEffect, FaultMatch } from '../fault-options.ts';
export type { HubEvent, Published } from '../hub/events.ts';
export type { Replayed, ReplayOptions } from '../traces/replay.ts';
export { type HubFixtures, hubFixtures } from './fixtures.ts';
export { type Hooks, useIotHub } from './hooks.ts';
export { startForTests, type TestOptions } from './options.ts';
export { TestDevice } from './test-device.ts';
export { type Effect, type EventOf, TestHub } from './test-hub.ts';
export { type UntilDevice, type UntilHub, type UntilValue, until } from './until.ts';
