import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { startEmulator } from 'iothub-emulator';
import { expect, test } from 'vitest';
import { sharedCa } from '../../support/programs/command.ts';

const portIn = (string: string): number => Number(/localhost:(\d+)/.exec(string)?.[1]);

test('AMQP without TLS is not open unless it was asked for', async () => {
  await using emulator = await startEmulator({ caDir: sharedCa });
  expect(() => emulator.eventsConnectionString('events', 'plain')).toThrow('start the emulator with --amqp-plain-port');
});

// OASIS AMQP 1.0 part 5 §5.3.2: the header of SASL
const SASL = Buffer.from('414d515003010000', 'hex');

test('AMQP without TLS speaks AMQP and nothing else, on loopback only, whatever the other ports listen on', async () => {
  await using emulator = await startEmulator({ caDir: sharedCa, amqpPlainPort: 0, host: '0.0.0.0' });
  const port = portIn(emulator.eventsConnectionString('events', 'plain'));
  const first = async (bytes: Buffer | string): Promise<Buffer | undefined> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(bytes);
    const [answer] = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => [undefined])]);
    socket.destroy();
    return answer;
  };
  expect((await first(SASL))?.subarray(0, 8)).toEqual(SASL);
  expect(await first('GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toBeUndefined();
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((one) => one !== undefined && !one.internal && one.family === 'IPv4');
  if (outside === undefined) return; // a machine without a network
  const socket = connect(port, outside.address);
  const [error] = await once(socket, 'error');
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
});
