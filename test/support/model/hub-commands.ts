import fc from 'fast-check';
import { expect } from 'vitest';
import type { Hub } from '../../../emulator/hub/hub.ts';
import { twinEtag } from '../../../emulator/hub/twins/twin.ts';
import { HubError } from '../../../protocol/errors.ts';
import type { IfMatch } from '../../../protocol/etag.ts';
import { nameOf } from '../../../protocol/identity-key.ts';
import type { Model } from './hub-model.ts';
import { type Match, METHOD_TIMEOUT, MINUTE, type Outcome } from './hub-notes.ts';
import { compare, type World } from './hub-world.ts';

type Command = fc.Command<Model, World>;

/** A command that does the same to model and hub, and compares them. */
const command = (
  text: string,
  model: (model: Model) => Outcome,
  real: (world: World) => Outcome,
  allowed: (model: Model) => boolean = () => true,
): Command => ({
  check: (now) => allowed(now as Model), // `allowed` only reads it
  run(now, world) {
    const expected = model(now);
    expect({ after: text, outcome: real(world) }).toEqual({ after: text, outcome: expected });
    world.clock.settle();
    compare(now, world, text);
  },
  toString: () => text,
});

/** The result of an operation: `ok`, or the name of the error. */
const outcome = (act: () => unknown): Outcome => {
  try {
    act();
    return 'ok';
  } catch (error) {
    if (error instanceof HubError) return error.code;
    throw error;
  }
};

const header = (match: Match, current: string | undefined): IfMatch => {
  const etags = { none: undefined, any: '*', current: current ?? 'Z29uZQ==', stale: 'c3RhbGU=' };
  return etags[match];
};

const identityEtag = ({ registry }: Hub, key: string): string | undefined => registry.find(key)?.identity.etag;
const currentTwin = ({ registry }: Hub, key: string): string | undefined => {
  const member = registry.find(key);
  return member && twinEtag(member.twin.etag);
};

const device = fc.constantFrom('d1', 'd2', 'd3');
const module = fc.constantFrom('d1/m1', 'd1/m2', 'd1/m3', 'd2/m1');
const twin = fc.oneof({ weight: 3, arbitrary: device }, { weight: 1, arbitrary: module });
const match = fc.constantFrom<Match>('none', 'none', 'any', 'current', 'stale');
const group = fc.constantFrom('a', 'a', 'b');
const job = fc.constantFrom('job1', 'job2', 'job3', 'job4');
const configuration = fc.constantFrom('c1', 'c2', 'c3');
const number = fc.nat(3);

const put = fc.tuple(fc.oneof(device, module), match).map(([key, as]) =>
  command(
    `put ${key} ${as}`,
    (model) => (key.includes('/') ? model.putModule(key, as) : model.putDevice(key, as)),
    ({ hub }) => outcome(() => hub.registry.put(nameOf(key), {}, header(as, identityEtag(hub, key)))),
  ),
);

const remove = fc.tuple(fc.oneof(device, module), match).map(([key, as]) =>
  command(
    `delete ${key} ${as}`,
    (model) => (key.includes('/') ? model.deleteModule(key, as) : model.deleteDevice(key, as)),
    ({ hub }) => outcome(() => hub.registry.delete(nameOf(key), header(as, identityEtag(hub, key)))),
  ),
);

const tag = fc.tuple(twin, match, fc.oneof(group, fc.constant(null))).map(([key, as, to]) =>
  command(
    `tag ${key} ${to} ${as}`,
    (model) => model.patch(key, as, { group: to }),
    ({ hub }) => outcome(() => hub.twins.patch(key, { tags: { site: to } }, header(as, currentTwin(hub, key)))),
  ),
);

const want = fc.tuple(twin, match, fc.oneof(number, fc.constant(null))).map(([key, as, own]) =>
  command(
    `want ${own} of ${key} ${as}`,
    (model) => model.patch(key, as, { own }),
    ({ hub }) =>
      outcome(() => hub.twins.patch(key, { properties: { desired: { own } } }, header(as, currentTwin(hub, key)))),
  ),
);

const replace = fc.tuple(twin, match, group).map(([key, as, to]) =>
  command(
    `replace ${key} ${to} ${as}`,
    (model) => model.replace(key, as, to),
    ({ hub }) => outcome(() => hub.twins.replace(key, { tags: { site: to } }, header(as, currentTwin(hub, key)))),
  ),
);

const report = fc.tuple(twin, number).map(([key, n]) =>
  command(
    `report ${n} of ${key}`,
    (model) => model.report(key),
    ({ hub }) => outcome(() => hub.twins.report(key, { n })),
  ),
);

const connect = fc.tuple(twin, fc.constantFrom('answers' as const, 'silent' as const)).map(([key, line]) =>
  command(
    `connect ${key} ${line}`,
    (model) => {
      model.line(key, line);
      return 'ok';
    },
    (world) => {
      world.connect(key, line);
      return 'ok';
    },
    (model) => model.find(key) !== undefined,
  ),
);

const disconnect = twin.map((key) =>
  command(
    `disconnect ${key}`,
    (model) => {
      model.line(key, 'away');
      return 'ok';
    },
    (world) => {
      world.disconnect(key);
      return 'ok';
    },
  ),
);

const call = twin.map((key) =>
  command(
    `call ${key}`,
    (model) => {
      const expected = model.call(key);
      model.advance(METHOD_TIMEOUT);
      return expected;
    },
    ({ hub, clock }) => {
      let ended: Outcome = 'nothing';
      const request = hub.methods.read({ methodName: 'reboot' });
      const refused = outcome(() =>
        hub.methods.call(key, request, (how) => {
          ended = how instanceof HubError ? how.code : 'ok';
        }),
      );
      clock.advance(METHOD_TIMEOUT);
      return refused === 'ok' ? ended : refused;
    },
  ),
);

const schedule = fc
  .record({
    id: job,
    type: fc.constantFrom('scheduleUpdateTwin' as const, 'scheduleDeviceMethod' as const),
    group,
    inMinutes: fc.constantFrom(0, 0, 5, 60),
  })
  .map(({ id, ...order }) =>
    command(
      `schedule ${id} ${JSON.stringify(order)}`,
      (model) => model.createJob(id, order),
      ({ hub, clock }) => {
        const startAt = clock.now() + order.inMinutes * MINUTE;
        return outcome(() =>
          hub.jobs.create(id, {
            type: order.type,
            updateTwin: { etag: '*', properties: { desired: { job: startAt } } },
            cloudToDeviceMethod: { methodName: 'lockDoor' },
            queryCondition: `tags.site = '${order.group}'`,
            startTime: new Date(startAt).toISOString(),
          }),
        );
      },
    ),
  );

const cancel = job.map((id) =>
  command(
    `cancel ${id}`,
    (model) => model.cancelJob(id),
    ({ hub }) => outcome(() => hub.jobs.cancel(id)),
  ),
);

const configure = fc
  .record({
    id: configuration,
    as: match,
    said: fc.record({ group, priority: fc.constantFrom(0, 0, 1), rate: number }),
  })
  .map(({ id, as, said }) =>
    command(
      `configure ${id} ${as} ${JSON.stringify(said)}`,
      (model) => model.putConfiguration(id, as, said),
      (world) =>
        outcome(() =>
          world.hub.configurations.put(
            id,
            {
              content: { deviceContent: { 'properties.desired.rate': said.rate } },
              targetCondition: `tags.site = '${said.group}'`,
              priority: said.priority,
            },
            header(as, world.configurationEtag(id)),
          ),
        ),
    ),
  );

const unconfigure = fc.tuple(configuration, match).map(([id, as]) =>
  command(
    `unconfigure ${id} ${as}`,
    (model) => model.deleteConfiguration(id, as),
    (world) => outcome(() => world.hub.configurations.delete(id, header(as, world.configurationEtag(id)))),
  ),
);

const wait = fc.constantFrom(1, 10, 90).map((minutes) =>
  command(
    `wait ${minutes} minutes`,
    (model) => {
      model.advance(minutes * MINUTE);
      return 'ok';
    },
    ({ clock }) => {
      clock.advance(minutes * MINUTE);
      return 'ok';
    },
  ),
);

/** All operations of a hub; those that others depend on are more frequent. */
export const commands = fc.commands(
  [
    ...[put, put, tag, tag, want, replace, report, connect, connect, remove, disconnect, call],
    ...[schedule, cancel, configure, configure, configure, unconfigure, wait],
  ],
  { maxCommands: 60, size: '+2' },
);
