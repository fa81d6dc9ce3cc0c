import { expect } from 'vitest';
import { configurationEtag } from '../../../emulator/hub/configurations/configuration.ts';
import type { Hub } from '../../../emulator/hub/hub.ts';
import type { Session } from '../../../emulator/hub/messaging/session.ts';
import type { VirtualClock } from '../../../emulator/kernel/clock.ts';
import { jsonTextOf } from '../../../emulator/kernel/json-text.ts';
import { nameOf } from '../../../protocol/identity-key.ts';
import { isObject, type JsonObject } from '../../../protocol/json.ts';
import { LIMITS } from '../../../protocol/limits.ts';
import { newHub } from '../hub/hub.ts';
import type { Model } from './hub-model.ts';
import { LIMIT, STOCK, type TwinNote } from './hub-notes.ts';

/** A hub with connected devices. */
export class World {
  readonly hub: Hub;
  readonly clock: VirtualClock;
  readonly #lines = new Map<string, { readonly session: Session; readonly heard: number[] }>();

  /** `plant` can put a mistake into the hub, to test the test. */
  constructor(plant: (hub: Hub) => void = () => {}) {
    const { hub, clock } = newHub({ limits: { ...LIMITS.azure, ...LIMIT } });
    plant(hub);
    for (const key of STOCK) hub.registry.create(nameOf(key), {});
    this.hub = hub;
    this.clock = clock;
  }

  connect(key: string, line: 'answers' | 'silent'): void {
    const heard = this.heard(key);
    const session: Session = {
      key,
      protocol: 'test',
      deliver: (message) => {
        if (message.type === 'desired') heard.push(message.version);
        if (message.type === 'method' && line === 'answers')
          this.hub.methods.respond(key, message.requestId, { status: 200, payload: jsonTextOf(null) });
      },
      close: () => {},
    };
    this.#lines.set(key, { session, heard });
    this.hub.sessions.open(session, { resume: false });
    this.hub.sessions.subscribe(session, 'desired', 0);
    this.hub.sessions.subscribe(session, 'methods', 0);
  }

  disconnect(key: string): void {
    const line = this.#lines.get(key);
    if (line !== undefined) this.hub.sessions.close(line.session);
  }

  heard(key: string): number[] {
    return this.#lines.get(key)?.heard ?? [];
  }

  known(): string[] {
    return [...this.#lines.keys()];
  }

  /** Forgets what a deleted device has received. */
  forget(key: string): void {
    this.#lines.delete(key);
  }

  configurationEtag(id: string): string | undefined {
    const found = this.hub.configurations.list().find((configuration) => configuration.id === id);
    return found && configurationEtag(found);
  }
}

/** Compares all visible state of the hub with the model. */
export const compare = (model: Model, world: World, after: string): void => {
  expect({ after, ...shownBy(world) }).toEqual({ after, ...shownIn(model, world) });
};

const shownIn = (model: Model, world: World) => {
  for (const key of world.known()) if (model.find(key) === undefined) world.forget(key);
  const notes = [...model.devices.values()];
  return {
    devices: Object.fromEntries([...model.devices].map(([key, note]) => [key, noted(note)])),
    modules: Object.fromEntries([...model.modules].map(([key, note]) => [key, noted(note)])),
    jobs: Object.fromEntries(
      [...model.jobs].map(([id, { status, succeeded, failed, waiting }]) => [
        id,
        status === 'scheduled' || status === 'cancelled'
          ? { status }
          : { status, succeeded, failed, running: waiting.size },
      ]),
    ),
    configurations: Object.fromEntries(
      [...model.configurations].map(([id, { etag, priority }]) => [
        id,
        {
          etag: btoa(String(etag)),
          priority,
          targetedCount: notes.filter(({ marks }) => marks[id] !== undefined).length,
          appliedCount: notes.filter(({ marks }) => marks[id] === 'Applied').length,
        },
      ]),
    ),
    total: model.devices.size,
    connected: notes.filter(({ line }) => line !== 'away').length,
    inGroupA: [...model.devices]
      .filter(([, { group }]) => group === 'a')
      .map(([key]) => key)
      .sort(),
  };
};

const noted = ({ counters: [etag, desired, reported], group, desired: values, marks, line, heard }: TwinNote) => ({
  etag,
  desired,
  reported,
  version: etag + reported,
  group,
  values,
  marks,
  connected: line !== 'away',
  heard,
});

const shownBy = (world: World) => {
  const { hub } = world;
  const twins = (rows: Iterable<{ readonly key: string }>) =>
    Object.fromEntries([...rows].map(({ key }) => [key, twinOf(world, key)]));
  return {
    devices: twins(hub.fleet.devices.rows()),
    modules: twins(hub.fleet.modules.rows()),
    jobs: Object.fromEntries(hub.jobs.list().items.map((job) => [job.jobId, jobShown(job)])),
    configurations: Object.fromEntries(
      hub.configurations.list().map((configuration) => {
        const { id, etag, priority, systemMetrics } = hub.configurations.render(configuration);
        return [id, { etag, priority, ...Object(systemMetrics).results }];
      }),
    ),
    total: hub.registry.statistics().totalDeviceCount,
    connected: hub.sessions.connectedDevices,
    inGroupA: found(hub, "SELECT deviceId FROM devices WHERE tags.site = 'a'"),
  };
};

const jobShown = ({ status, deviceJobStatistics }: JsonObject) => {
  if (!isObject(deviceJobStatistics)) return { status };
  const { succeededCount, failedCount, runningCount } = deviceJobStatistics;
  return { status, succeeded: succeededCount, failed: failedCount, running: runningCount };
};

const found = ({ queries }: Hub, text: string): unknown[] => {
  const work = queries.run(queries.parse(text), {});
  for (;;) {
    const step = work.next();
    if (step.done) return step.value.items.map((row) => (isObject(row) ? row.deviceId : row)).sort();
  }
};

const twinOf = (world: World, key: string) => {
  const { twin, presence } = world.hub.fleet.get(key);
  return {
    etag: twin.etag,
    desired: twin.desired.version,
    reported: twin.reported.version,
    version: twin.version,
    group: twin.tags?.site,
    values: twin.desired.values,
    marks: Object.fromEntries(Object.entries(twin.configurations ?? {}).map(([id, { status }]) => [id, status])),
    connected: presence.connected,
    heard: world.heard(key),
  };
};
