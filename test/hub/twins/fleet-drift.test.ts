import { expect, test } from 'vitest';
import { drain } from '../../../emulator/hub/query/queries.ts';
import { fleetDrift } from '../../../emulator/hub/twins/fleet-drift.ts';
import { newHub } from '../../support/hub/hub.ts';

test('the drift of a fleet names the paths that most twins have, and the twins that report something else first', () => {
  const { hub } = newHub();
  for (const deviceId of ['silent', 'late', 'good']) {
    hub.registry.create({ deviceId }, {});
    hub.twins.patch(deviceId, { properties: { desired: { rate: 5, target: { celsius: 20 } } } });
  }
  hub.registry.create({ deviceId: 'good', moduleId: 'm' }, {});
  hub.twins.patch('good/m', { properties: { desired: { rate: 1 } } });
  hub.twins.report('good/m', { rate: 2 });
  hub.twins.report('late', { rate: 4, target: { celsius: 20 } });
  hub.twins.report('good', { rate: 5, target: { celsius: 20 } });
  expect(drain(fleetDrift(hub.fleet, 10))).toEqual({
    examined: 4,
    different: 2,
    missing: 1,
    properties: [
      { path: 'rate', different: 2, missing: 1 },
      { path: 'target.celsius', different: 0, missing: 1 },
    ],
    twins: [
      { key: 'late', different: 1, missing: 0 },
      { key: 'good/m', different: 1, missing: 0 },
      { key: 'silent', different: 0, missing: 2 },
    ],
  });
  expect(drain(fleetDrift(hub.fleet, 1))).toMatchObject({ different: 2, twins: [{ key: 'late' }] });
});

test('the drift of a fleet is that of the moment at which it began', () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  hub.twins.patch('d1', { properties: { desired: { rate: 5 } } });
  hub.registry.create({ deviceId: 'd2' }, {});
  const steps = fleetDrift(hub.fleet, 10);
  steps.next();
  hub.twins.patch('d2', { properties: { desired: { rate: 5 } } });
  expect(drain(steps)).toMatchObject({ examined: 2, missing: 1 });
});
