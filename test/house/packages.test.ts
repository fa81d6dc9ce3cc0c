import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { debianNeeds, fetchAll, type Need } from '../support/packages/prepare.ts';
import { demandFolder } from '../support/packages/sets.ts';
import { DEBIAN_PACKAGES, REGISTRY_PACKAGES } from '../support/packages/table.ts';

const NO_PAUSES = [0, 0];

/** A package that fails to arrive so many times, and what has been printed about it. */
const flaky = (failures: number) => {
  const printed: string[] = [];
  let [tries, there] = [0, false];
  const need: Need = {
    name: 'jest 30.5.2 (npm)',
    isThere: () => there,
    fetch: async () => {
      tries++;
      if (tries <= failures) throw new Error('503 Service Unavailable');
      there = true;
    },
  };
  const fetched = () => fetchAll([need], (line) => printed.push(line), NO_PAUSES);
  return { fetched, printed, tries: () => tries };
};

test('a package that arrives at the third try is fetched', async () => {
  const { fetched, printed, tries } = flaky(2);
  expect(await fetched()).toEqual([]);
  expect(tries()).toBe(3);
  expect(printed.at(-1)).toBe('fetched jest 30.5.2 (npm)');
});

test('after three tries the package is named, with the reason', async () => {
  const { fetched, tries } = flaky(9);
  expect(await fetched()).toEqual(['jest 30.5.2 (npm): 503 Service Unavailable']);
  expect(tries()).toBe(3);
});

test('a package that is there is not fetched again', async () => {
  const { fetched, tries } = flaky(0);
  await fetched();
  await fetched();
  expect(tries()).toBe(1);
});

test('a package of Debian is named with the command that installs it, unless apt may be used', async () => {
  const rows = [{ name: 'no-such-package', program: 'no-such-program', usedBy: 'foreign/java' }];
  expect(await fetchAll(debianNeeds(false, rows), () => {})).toEqual([
    'no-such-package (Debian): not on the PATH or not installed: apt-get install no-such-package',
  ]);
});

test('a test that lacks a package says what fetches it', () => {
  expect(() => demandFolder('/no/such/folder', 'azurite 3.35.0')).toThrow(
    'not installed: azurite 3.35.0. Run npm run foreign:prepare',
  );
});

test('images are built on the Node that tests run on beside our own', () => {
  const dockerfile = readFileSync(join(import.meta.dirname, '../../Dockerfile'), 'utf8');
  const lines = new Set([...dockerfile.matchAll(/^FROM node:(\d+)-/gm)].map(([, line]) => line));
  const tested = REGISTRY_PACKAGES.npm.find(({ set }) => set === 'node')?.version ?? '';
  expect([...lines]).toEqual([tested.split('.')[0]]);
});

test('each row of the table names a folder of tests', () => {
  const rows = [...Object.values(REGISTRY_PACKAGES).flat(), ...DEBIAN_PACKAGES];
  expect(rows.filter(({ usedBy }) => !existsSync(join(import.meta.dirname, '..', usedBy)))).toEqual([]);
});
