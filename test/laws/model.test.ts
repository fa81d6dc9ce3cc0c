import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Hub } from '../../emulator/hub/hub.ts';
import { commands } from '../support/model/hub-commands.ts';
import { Model } from '../support/model/hub-model.ts';
import { World } from '../support/model/hub-world.ts';
import { runs } from '../support/runs.ts';

/** The hub against the model under any sequence of operations; `plant` may make a mistake in it. */
const agreement = (plant?: (hub: Hub) => void) =>
  fc.property(commands, (sequence) => {
    fc.modelRun(() => ({ model: new Model(), real: new World(plant) }), sequence);
  });

test('identities, twins, methods, jobs and configurations are what the documentation says, whatever is done', () => {
  fc.assert(agreement(), { numRuns: runs(500) });
}, 120_000);

test.each<[string, (hub: Hub) => void]>([
  [
    'a PUT without If-Match replaces what is there',
    (hub) => {
      const { registry } = hub;
      const put = registry.put.bind(registry);
      registry.put = (name, body, ifMatch) => put(name, body, ifMatch ?? (registry.find(name.deviceId) && '*'));
    },
  ],
  [
    'a stale etag is taken',
    ({ twins }) => {
      const patch = twins.patch.bind(twins);
      twins.patch = (key, body) => patch(key, body);
    },
  ],
  [
    'a job reaches every device',
    ({ jobs }) => {
      const create = jobs.create.bind(jobs);
      jobs.create = (jobId, body) => create(jobId, { ...Object(body), queryCondition: '*' });
    },
  ],
  [
    'of two configurations with one priority the older wins',
    ({ configurations }) => {
      const put = configurations.put.bind(configurations);
      let order = 1_000;
      configurations.put = (id, body, ifMatch) => {
        const configuration = put(id, body, ifMatch);
        if (ifMatch === undefined) Object.assign(configuration, { order: order-- });
        return configuration;
      };
    },
  ],
  [
    'a call of a module reaches its device',
    ({ methods }) => {
      const call = methods.call.bind(methods);
      methods.call = (key, request, reply) => call(key.split('/')[0] ?? '', request, reply);
    },
  ],
  [
    'the modules of a deleted device stay',
    ({ registry }) => {
      const remove = registry.delete.bind(registry);
      registry.delete = (name, ifMatch) => {
        const isDevice = name.moduleId === undefined && registry.find(name.deviceId) !== undefined;
        const modules = isDevice ? registry.modules(name.deviceId) : [];
        remove(name, ifMatch);
        for (const module of modules) registry.load(module);
      };
    },
  ],
  [
    'what a device reports counts as a write of a service',
    ({ twins, registry }) => {
      const report = twins.report.bind(twins);
      twins.report = (key, patch) => {
        const version = report(key, patch);
        const member = registry.get(key);
        registry.load({ ...member, twin: { ...member.twin, etag: member.twin.etag + 1 } });
        return version;
      };
    },
  ],
])(
  'the model notices that %s',
  (_, plant) => {
    expect(fc.check(agreement(plant), { numRuns: 500, endOnFailure: true }).failed).toBe(true);
  },
  120_000,
);
