import { afterEach, expect, test, vi } from 'vitest';
import { twinReader } from '../../../emulator/hub/collections.ts';
import { newHub } from '../../support/hub/hub.ts';

afterEach(() => vi.unstubAllGlobals());

test('rows read the same if Node disallows code generation from strings', () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  hub.registry.create({ deviceId: 'd2' }, {});
  hub.twins.patch('d1', { tags: { location: { region: 'US' } } });
  hub.twins.report('d1', { fault: { code: 7 }, name: 'x' });
  let refused = 0;
  class Forbidden {
    constructor() {
      refused++;
      throw new EvalError('Code generation from strings disallowed for this context');
    }
  }
  const read = (paths: readonly string[]) =>
    ['d1', 'd2'].map((id) => paths.map((path) => twinReader(path.split('.'))(hub.fleet.get(id))));
  const paths = ['tags.location.region', 'properties.reported.fault.code', 'properties.reported.name.length'];
  vi.stubGlobal('Function', Forbidden);
  expect(read(paths)).toEqual([
    ['US', 7, undefined],
    [undefined, undefined, undefined],
  ]);
  expect(refused).toBeGreaterThan(0);
});
