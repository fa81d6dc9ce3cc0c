import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { python } from '../../support/python.ts';
import { report } from '../exec.ts';
import { type ForeignHub, runProgram, startHub } from '../support/hub.ts';
import { expectColumn } from '../support/table.ts';

let hub: ForeignHub;
let interpreter: string;
beforeAll(async () => {
  interpreter = await python();
  hub = await startHub();
}, 600_000);
afterAll(async () => expectColumn('Python', await hub.close()));

const run = async (program: string, variables: Record<string, string>, args: readonly string[]) =>
  report(await runProgram([interpreter, join(import.meta.dirname, program), ...args], variables));
const invented = () => {
  const [first = '', second = ''] = randomUUID().split('-');
  return { id: `device-${second}`, name: `p${first}`, value: `v${second}` };
};

describe.each(['tcp', 'ws'])("Microsoft's SDK for Python over %s", (transport) => {
  test('reports, hears and is found', async () => {
    const { id, name, value } = invented();
    expect(await run('round_trip.py', hub.device(id), [transport, name, value])).toEqual({
      reported: value,
      heard: value,
      twin: value,
      found: [id],
    });
  });

  test('goes on hearing desired changes after its connection was cut', async () => {
    const { id, name, value } = invented();
    expect(await run('reconnect.py', hub.device(id), [transport, name, value])).toEqual({
      cut: true,
      seen: [false, true],
      heard: value,
    });
  });

  test('says so when a key is wrong', async () => {
    expect(await run('wrong_key.py', hub.device(invented().id), [transport])).toEqual({
      device: ['CredentialError'],
      service: ['HttpOperationError', 401],
    });
  });
});
