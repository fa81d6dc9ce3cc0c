import { createHmac } from 'node:crypto';
import type { HubBus, HubEvent, Published } from '../../../emulator/hub/events.ts';
import { Hub } from '../../../emulator/hub/hub.ts';
import type { HubOptions } from '../../../emulator/hub/hub-options.ts';
import type { CloseReason, Downlink, Session } from '../../../emulator/hub/messaging/session.ts';
import { Bus } from '../../../emulator/kernel/bus.ts';
import { type Clock, VirtualClock } from '../../../emulator/kernel/clock.ts';
import { HubError } from '../../../protocol/errors.ts';
import type { JsonObject } from '../../../protocol/json.ts';

export const START = '2026-01-01T00:00:00Z';

/** A hub with a virtual clock and a fixed seed. */
export const newHub = (options: Partial<HubOptions> = {}) => {
  const clock = new VirtualClock(START);
  const hub = new Hub({
    clock,
    seed: 42,
    derive: (text) => createHmac('sha256', '42').update(text).digest('base64'),
    failed: (error) => {
      throw error;
    },
    ...options,
  });
  const events: Published[] = [];
  hub.events.listen((event) => events.push(event));
  return { hub, clock, events };
};

/** A bus of events without listeners. */
export const newBus = (clock: Clock): HubBus =>
  new Bus<HubEvent>(
    () => clock.now(),
    (error) => {
      throw error;
    },
  );

/** Creates devices with these tags. */
export const addDevices = ({ registry, twins }: Hub, tagsById: Readonly<Record<string, JsonObject>>): void => {
  for (const [deviceId, tags] of Object.entries(tagsById)) {
    registry.create({ deviceId }, {});
    twins.patch(deviceId, { tags });
  }
};

/** A session of a device that records what it receives. */
export const newSession = (key: string) => {
  const heard: Downlink[] = [];
  const closed: CloseReason[] = [];
  const session: Session = {
    key,
    protocol: 'test',
    deliver: (message) => heard.push(message),
    close: (reason) => closed.push(reason),
  };
  return { session, heard, closed };
};

/** Runs `act` and returns the code, status and service text of the HubError that it threw. */
export const refusal = (act: () => unknown): { code: string; status: number; message: string } | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof HubError) return { code: error.code, status: error.status, message: error.text };
    throw error;
  }
};
