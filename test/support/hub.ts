import { createHmac } from 'node:crypto';
import { VirtualClock } from '../../emulator/hub/clock.ts';
import type { Published } from '../../emulator/hub/events.ts';
import { Hub, type HubOptions } from '../../emulator/hub/hub.ts';
import type { CloseReason, Downlink, Session } from '../../emulator/hub/sessions.ts';
import type { JsonObject } from '../../protocol/json.ts';

export const START = '2026-01-01T00:00:00Z';

/** A hub with a hand-turned clock and fixed seed. */
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

/** Makes devices with these tags. */
export const addDevices = ({ registry, twins }: Hub, tagsById: Readonly<Record<string, JsonObject>>): void => {
  for (const [deviceId, tags] of Object.entries(tagsById)) {
    registry.create({ deviceId }, {});
    twins.patch(deviceId, { tags });
  }
};

/** A device end that keeps what it hears. */
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

/** Runs `act` and gives back what it threw, as code, status and text. */
export const refusal = (act: () => unknown): { code: string; status: number; message: string } | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'status' in error)
      return { code: String(error.code), status: Number(error.status), message: error.message };
    throw error;
  }
};
