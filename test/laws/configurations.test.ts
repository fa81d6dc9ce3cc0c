import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newHub } from '../support/hub/hub.ts';
import { runs } from '../support/runs.ts';

const DEVICES = ['d0', 'd1', 'd2'];
const IDS = ['a', 'b', 'c'];
const ENVIRONMENTS = ['x', 'y', 'z'];

const operation = fc.oneof(
  fc.record({
    type: fc.constant('tag' as const),
    device: fc.constantFrom(...DEVICES),
    environment: fc.constantFrom(...ENVIRONMENTS),
  }),
  fc.record({
    type: fc.constant('put' as const),
    id: fc.constantFrom(...IDS),
    environment: fc.constantFrom(...ENVIRONMENTS, '*'),
    priority: fc.nat(2),
  }),
  fc.record({ type: fc.constant('delete' as const), id: fc.constantFrom(...IDS) }),
);

/** A configuration as a reader of the documentation would note it down. */
interface Noted {
  id: string;
  environment: string;
  priority: number;
  order: number;
}

/** Every configuration writes the contested path `shared` and one of its own. */
const bodyOf = ({ id, environment, priority }: Omit<Noted, 'order'>) => ({
  priority,
  targetCondition: environment === '*' ? '*' : `tags.environment = '${environment}'`,
  content: { deviceContent: { 'properties.desired.shared': id, [`properties.desired.own.${id}`]: true } },
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management
test('whatever happens, each twin has what the configurations that target it say, the highest priority first', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 25 }), (operations) => {
      const { hub, clock } = newHub();
      const { configurations, twins } = hub;
      for (const deviceId of DEVICES) hub.registry.create({ deviceId }, {});
      const noted = new Map<string, Noted>();
      const environments = new Map(DEVICES.map((device) => [device, '']));
      /** What each twin should have; settings of deleted configurations stay. */
      const expected = new Map(
        DEVICES.map((device) => [device, { shared: undefined as string | undefined, own: new Set<string>() }]),
      );
      let order = 0;
      // a deleted id is not used again: settings that the first configuration left would count as those of the second
      const bearers = new Map(IDS.map((id) => [id, 0]));
      for (const drawn of operations) {
        const step = 'id' in drawn ? { ...drawn, id: `${drawn.id}${bearers.get(drawn.id)}` } : drawn;
        if (step.type === 'tag') {
          twins.patch(step.device, { tags: { environment: step.environment } });
          environments.set(step.device, step.environment);
        } else if (step.type === 'put') {
          const before = noted.get(step.id);
          configurations.put(step.id, bodyOf(step), before && '*');
          noted.set(step.id, { ...step, order: before?.order ?? ++order });
        } else if (noted.delete(step.id)) {
          configurations.delete(step.id);
          const [name = ''] = step.id;
          bearers.set(name, (bearers.get(name) ?? 0) + 1);
        }
        clock.settle();
        for (const device of DEVICES) {
          const targeting = [...noted.values()]
            .filter(({ environment }) => environment === '*' || environment === environments.get(device))
            .sort((a, b) => b.priority - a.priority || b.order - a.order);
          const state = expected.get(device) ?? { shared: undefined, own: new Set() };
          for (const id of [...state.own])
            if (noted.has(id) && !targeting.some((configuration) => configuration.id === id)) state.own.delete(id);
          for (const { id } of targeting) state.own.add(id);
          if (targeting[0] !== undefined) state.shared = targeting[0].id;
          else if (state.shared !== undefined && noted.has(state.shared)) state.shared = undefined;
          const { twin } = twins.get(device);
          const { shared, own } = twin.desired.values;
          expect([shared, Object.keys(own ?? {}).sort()]).toEqual([state.shared, [...state.own].sort()]);
          expect(Object.keys(twin.configurations ?? {}).sort()).toEqual(targeting.map(({ id }) => id).sort());
        }
      }
      for (const { id } of noted.values()) {
        const counted = DEVICES.filter((device) => twins.get(device).twin.configurations?.[id] !== undefined).length;
        expect(configurations.render(configurations.get(id))).toMatchObject({
          systemMetrics: { results: { targetedCount: counted, appliedCount: counted } },
        });
      }
    }),
    { numRuns: runs(300) },
  );
});
