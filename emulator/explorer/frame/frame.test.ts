import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import { ACTIONS, commandsOf } from './commands.ts';
import { crumbsOf } from './crumbs.ts';
import { compact, PLACES, placesOf } from './places.ts';

test('a place whose operations a build lacks is absent', () => {
  const ids = (...operations: string[]) =>
    placesOf({ offers: (operation) => operations.includes(operation) }).map(({ id }) => id);
  expect(ids()).toEqual(['overview']);
  expect(ids('GET /export', 'GET /faults')).toEqual(['overview', 'devices', 'faults']);
});

test('each place has a key of its own', () => {
  expect(new Set(PLACES.map(({ key }) => key)).size).toBe(PLACES.length);
});

test('the way from a place to what is shown is told with our words and their names', () => {
  expect(crumbsOf(['devices', 'twin', 'cloud-to-device'])).toEqual([
    { title: 'Devices', path: ['devices'] },
    { title: 'twin', path: ['devices', 'twin'] },
    { title: 'Cloud-to-device', path: ['devices', 'twin', 'cloud-to-device'] },
  ]);
});

test('large numbers are short', () => {
  expect([999, 1234, 12_345, 2_500_000].map(compact)).toEqual(['999', '1.2k', '12k', '2.5M']);
});

test('the command box finds places, actions and devices, the best first', () => {
  const app = {
    hub: 'h',
    offers: () => true,
    fleet: { rows: signal([{ id: 'my-query-device' }, { id: 'other' }]) },
  } as never; // only these are used
  expect(commandsOf(app, 'que').map(({ title }) => title)).toEqual(['Query', 'my-query-device']);
  expect(commandsOf(app, '').length).toBe(PLACES.length + ACTIONS.length);
  expect(commandsOf(app, 'nothing like it')).toEqual([]);
});
