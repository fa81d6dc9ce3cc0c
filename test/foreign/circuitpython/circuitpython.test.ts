import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installedSet } from '../../support/packages/sets.ts';
import { report } from '../exec.ts';
import { runProgram, startHub } from '../support/hub.ts';

// https://github.com/adafruit/Adafruit_CircuitPython_AzureIoT: it subscribes to $iothub/methods/# and $iothub/twin/res/200/#
test('Adafruit’s library for CircuitPython reports, hears a desired change and answers a method', async () => {
  const hub = await startHub();
  const environment = hub.device('feather');
  const sent: string[] = [];
  hub.hub.events.listen((event) => {
    if (event.type === 'telemetry') sent.push(event.message.body.toString());
  });
  const answers: unknown[] = [];
  const python = join(installedSet('pip', 'circuitpython'), 'bin', 'python');
  const outcome = await runProgram(
    [python, '-B', join(import.meta.dirname, 'device.py')],
    environment,
    async (line) => {
      if (line !== 'ready') return;
      hub.hub.twins.patch('feather', { properties: { desired: { rate: 5 } } });
      const call = { methodName: 'blink', payload: { times: 3 }, responseTimeoutInSeconds: 30 };
      const { status, payload } = await hub.hub.methods.invoke('feather', call);
      answers.push([status, payload.value]);
    },
  );
  expect(report(outcome)).toEqual({ rate: [5, 2], method: ['blink', '{"times":3}'] });
  expect(answers).toEqual([[207, { blinked: 3 }]]);
  expect(sent).toEqual(['{"celsius": 20.5}']);
  expect(hub.hub.fleet.get('feather').twin.reported.values).toEqual({ firmware: '1.0' });
  await hub.close();
});
