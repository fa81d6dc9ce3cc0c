import { createRequire } from 'node:module';
import fc from 'fast-check';
import { startEmulator } from 'iothub-emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulator, HubHandle } from '../../emulator/index.ts';
import type { TrafficDetail, TrafficEntry } from '../../protocol/traffic.ts';
import { sharedCa } from '../support/programs/command.ts';
import { runs } from '../support/runs.ts';

// Microsoft's packages are CommonJS, and so is their default export
const require = createRequire(import.meta.url);
const { Registry } = require('azure-iothub');
const { Client, Message } = require('azure-iot-device');
const transports = {
  ...require('azure-iot-device-mqtt'),
  ...require('azure-iot-device-amqp'),
  ...require('azure-iot-device-http'),
};

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'], trust: 'process' });
});
afterAll(() => emulator.close());

/** As a program in any language has it, which no fork's host name reaches. */
const plain = (connectionString: string): string => connectionString.replace(/HostName=[^;]+/, 'HostName=localhost');

interface Act {
  readonly hub: number;
  readonly by: string;
  readonly isWrong: boolean;
}

const acts = fc.array(
  fc.record<Act>({
    hub: fc.nat(2),
    by: fc.constantFrom('Mqtt', 'MqttWs', 'Amqp', 'AmqpWs', 'Http', 'service'),
    isWrong: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);

/** A device sends the text, or a service app writes it into a tag. */
const act = async (hub: HubHandle, by: string, text: string): Promise<void> => {
  if (by === 'service') {
    await Registry.fromConnectionString(plain(hub.connectionString())).updateTwin('oven', { tags: { text } }, '*');
    return;
  }
  const client = Client.fromConnectionString(plain(hub.deviceConnectionString('oven')), transports[by]);
  await client.open();
  await client.sendEvent(new Message(text));
  await client.close();
};

/** A service app names itself by the text, and its key is that of no hub. */
const tryWrongKey = async (hub: HubHandle, text: string): Promise<void> => {
  const string = plain(hub.connectionString()).replace(/SharedAccessKey=.*/, 'SharedAccessKey=d3Jvbmc=');
  await expect(Registry.fromConnectionString(string).getTwin(text)).rejects.toThrow();
};

const ask = async <T>(path: string): Promise<T> => (await fetch(emulator.adminUrl + path)).json() as Promise<T>; // its schema is tested elsewhere

/** The texts in all that is kept of a hub. */
const textsIn = async (base: string): Promise<readonly string[]> => {
  const entries = await ask<readonly TrafficEntry[]>(`${base}/traffic`);
  const details = await Promise.all(entries.map(({ id }) => ask<TrafficDetail>(`${base}/traffic/${id}`)));
  return [...new Set(details.flatMap((detail) => JSON.stringify(detail).match(/text-\d+/g) ?? []))].sort();
};

test('what goes to a fork is kept there with its answer, and no other fork sees any of it', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(acts, async (list) => {
      await using ada = emulator.fork('ada');
      await using grace = emulator.fork('grace');
      await fetch(`${emulator.adminUrl}/traffic`, { method: 'DELETE' });
      const hubs = [emulator, ada, grace];
      const sent: [string[], string[], string[]] = [[], [], []];
      for (const { hub, by, isWrong } of list) {
        count += 1;
        const text = `text-${count}`;
        if (isWrong) await tryWrongKey(hubs[hub] ?? emulator, text);
        else await act(hubs[hub] ?? emulator, by, text);
        // a key that no hub has belongs to none: the hub refuses it that was there first
        sent[isWrong ? 0 : hub]?.push(text);
      }
      const seen = await Promise.all(['', '/hubs/ada', '/hubs/grace'].map(textsIn));
      expect(seen).toEqual(sent.map((texts) => texts.toSorted()));
    }),
    { numRuns: runs(8) },
  );
});

test('a fork that is closed forgets its traffic, and one of the same name starts empty', async () => {
  const fork = emulator.fork('again');
  await act(fork, 'Mqtt', 'text-0');
  expect(await textsIn('/hubs/again')).toEqual(['text-0']);
  await fork.close();
  await using _ = emulator.fork('again');
  expect(await textsIn('/hubs/again')).toEqual([]);
});
