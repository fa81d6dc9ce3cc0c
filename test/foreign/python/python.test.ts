import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { python } from '../../support/python.ts';
import { exec, report } from '../exec.ts';

let interpreter: string;
beforeAll(async () => {
  interpreter = await python();
}, 600_000);

const program = (name: string) => [interpreter, join(import.meta.dirname, name)];
const invented = () => {
  const [first = '', second = ''] = randomUUID().split('-');
  return { id: `device-${second}`, name: `p${first}`, value: `v${second}` };
};

describe.each(['tcp', 'ws'])("Microsoft's SDK for Python over %s", (transport) => {
  test('reports, hears and is found', async () => {
    const { id, name, value } = invented();
    expect(report(await exec(id, [...program('round_trip.py'), transport, name, value]))).toEqual({
      reported: value,
      heard: value,
      twin: value,
      found: [id],
    });
  });

  test('goes on hearing desired changes after its connection was cut', async () => {
    const { id, name, value } = invented();
    expect(report(await exec(id, [...program('reconnect.py'), transport, name, value]))).toEqual({
      cut: true,
      seen: [false, true],
      heard: value,
    });
  });

  test('says so when a key is wrong', async () => {
    expect(report(await exec(invented().id, [...program('wrong_key.py'), transport]))).toEqual({
      device: ['CredentialError'],
      service: ['HttpOperationError', 401],
    });
  });
});
