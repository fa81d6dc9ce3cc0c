import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exec, report } from '../exec.ts';

const program = (name: string) => ['node', join(import.meta.dirname, name)];
const invented = () => {
  const [first = '', second = ''] = randomUUID().split('-');
  return { id: `device-${second}`, name: `p${first}`, value: `v${second}` };
};

describe.each(['tcp', 'ws'])("Microsoft's SDK for Node over %s", (transport) => {
  test('reports, hears and is found', async () => {
    const { id, name, value } = invented();
    expect(report(await exec(id, [...program('round-trip.js'), transport, name, value]))).toEqual({
      reported: value,
      heard: value,
      found: [id],
    });
  });

  test('goes on hearing desired changes after its connection was cut', async () => {
    const { id, name, value } = invented();
    expect(report(await exec(id, [...program('reconnect.js'), transport, name, value]))).toEqual({
      cut: true,
      heard: value,
    });
  });

  test('says so when a key is wrong', async () => {
    expect(report(await exec(invented().id, [...program('wrong-key.js'), transport]))).toEqual({
      device: 'UnauthorizedError',
      service: 'UnauthorizedError',
    });
  });
});
