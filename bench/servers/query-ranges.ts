import type { Hub } from '../../emulator/hub/hub.ts';

/** A thousand groups of all twins. */
export const GROUPED_SCAN =
  'SELECT properties.reported.firmware.build AS build, COUNT() AS n, AVG(properties.reported.battery) AS mean FROM devices GROUP BY properties.reported.firmware.build';

/** A range or a prefix of paths with 3, 101, 1000 and as many values as there are twins. */
export const RANGES = {
  statusRange: "properties.reported.status > 'ok' AND properties.reported.status <= 'warn'",
  batteryRange: 'properties.reported.battery >= 10 AND properties.reported.battery < 40',
  buildRange: "STARTSWITH(properties.reported.firmware.build, 'build-of-the-77')",
  sessionRange: "properties.reported.session > 'session-2' AND properties.reported.session < 'session-3'",
  prefix: "STARTSWITH(properties.reported.session, 'session-12')",
};

/** Runs a query step by step: how long it takes, and its longest step. */
export const stepsOf = (hub: Hub, text: string): { readonly ms: number; readonly longest: number } => {
  const began = performance.now();
  const steps = hub.queries.run(hub.queries.parse(text), { maxItemCount: 100 });
  let longest = 0;
  for (let done: boolean | undefined = false; done !== true; ) {
    const start = performance.now();
    done = steps.next().done;
    longest = Math.max(longest, performance.now() - start);
  }
  return { ms: performance.now() - began, longest };
};
