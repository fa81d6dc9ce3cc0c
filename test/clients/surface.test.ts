import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import * as common from '../../clients/common/index.ts';
import * as device from '../../clients/device/index.ts';
import * as service from '../../clients/service/index.ts';

// With require, because import does not show all exports of CommonJS packages.
const require = createRequire(import.meta.url);

// What was missing when this list was first written. Names may be removed, but not added.
const MAY_BE_MISSING = ['azure-iot-device: IotEdgeAuthenticationProvider'];

const missing = [
  ...compare('azure-iothub', service),
  ...compare('azure-iot-device', device),
  ...compare('azure-iot-device-mqtt', device, ['Mqtt', 'MqttWs']),
  ...compare('azure-iot-device-http', device, ['Http']),
  ...compare('azure-iot-common', common),
].sort();

test('docs/clients.md lists exactly what is missing', () => {
  const [, list = ''] = /<!-- missing -->\n+([\s\S]*?)\n+<!-- \/missing -->/.exec(read('../../docs/clients.md')) ?? [];
  expect(list.split('\n').map((line) => line.replace(/^- /, '').replaceAll('`', ''))).toEqual(missing);
});

test('nothing new is missing', () => {
  expect(missing.filter((name) => !MAY_BE_MISSING.includes(name))).toEqual([]);
});

test.each(['service', 'device', 'common'])('the %s program differs in its imports only', (name) => {
  const bodyOf = (world: string) => read(`../types/programs/${name}.${world}.ts`).split('// One program,')[1];
  expect(bodyOf('ours')).toBe(bodyOf('theirs'));
});

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}

/** Their exports, statics (`Client.x`) and methods (`Client#x`) that ours lack; of `opaque` exports only the name is compared. */
function compare(pkg: string, ours: object, opaque: readonly string[] = []): string[] {
  const theirs: object = require(pkg);
  return publicNames(theirs).flatMap((name) => {
    if (Reflect.get(theirs, name) === undefined) return []; // a type
    const [their, our] = [Reflect.get(theirs, name), Reflect.get(ours, name)];
    if (our === undefined) return [`${pkg}: ${name}`];
    if (opaque.includes(name)) return [];
    if (isClass(their) && !isClass(our)) return [`${pkg}: ${name} (class)`];
    if (isClass(their))
      return [
        ...lacking(statics(their), statics(our)).map((member) => `${pkg}: ${name}.${member}`),
        ...lacking(methods(their), methods(our)).map((member) => `${pkg}: ${name}#${member}`),
      ];
    if (typeof their !== 'object' || their === null) return [];
    return lacking(publicNames(their), publicNames(our)).map((member) => `${pkg}: ${name}.${member}`);
  });
}

function isClass(value: unknown): value is { prototype: object } {
  return typeof value === 'function' && /^class\b/.test(String(value));
}

function statics(type: object): string[] {
  const parent: unknown = Object.getPrototypeOf(type);
  const inherited = isClass(parent) && parent !== EventEmitter ? statics(parent) : [];
  const own = Object.getOwnPropertyNames(type).filter((name) => !['length', 'name', 'prototype'].includes(name));
  return [...own.filter((name) => !/^_|^validateEnvironment$/.test(name)), ...inherited]; // private
}

function methods({ prototype }: { prototype: object }): string[] {
  const names = new Set<string>();
  for (let at = prototype; at !== EventEmitter.prototype && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    if (at === Error.prototype) break;
    for (const name of Object.getOwnPropertyNames(at)) if (!/^_|^constructor$/.test(name)) names.add(name);
  }
  return [...names];
}

function publicNames(object: object): string[] {
  return Object.keys(object).filter((name) => !/^_|^\d|^default$/.test(name));
}

function lacking(theirs: readonly string[], ours: readonly string[]): string[] {
  return theirs.filter((name) => !ours.includes(name));
}
