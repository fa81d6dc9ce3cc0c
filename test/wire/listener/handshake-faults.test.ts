import { connect, type TLSSocket } from 'node:tls';
import { type Emulator, startEmulator } from 'iothub-emulator';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { FaultEffect } from '../../../protocol/fault.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterEach(() => {
  vi.useRealTimers();
  emulator.hub.faults.clear();
});
afterAll(() => emulator.close());

const fail = (effect: FaultEffect, times = 1) =>
  emulator.hub.faults.add({ match: { operation: 'handshake', times }, effect });

/** How a connection of a client ends that trusts the hub's CA. */
const dial = (servername = 'localhost'): Promise<string> =>
  new Promise((done) => {
    const port = emulator.ports.mqtt;
    const socket: TLSSocket = connect({ host: '127.0.0.1', port, servername, ca: emulator.ca ?? '' }, () => {
      done('welcome');
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
  });

// https://nodejs.org/api/tls.html#x509-certificate-error-codes
test('one client gets a certificate that it does not trust, and the next one the right certificate', async () => {
  fail({ type: 'refuseCertificate' });
  expect(await dial()).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  expect(await dial()).toBe('welcome');
  expect(emulator.hub.faults.list()).toMatchObject([{ matched: 2, struck: 1 }]);
});

test('a connection ends in the middle of its handshake', async () => {
  fail({ type: 'disconnect', when: 'before' });
  expect(await dial()).toBe('ECONNRESET');
  expect(await dial()).toBe('welcome');
});

test('a handshake that is delayed ends after a later one', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  fail({ type: 'delay', ms: 50 });
  const order: string[] = [];
  const struck = new Promise<void>((done) => {
    emulator.hub.events.listen(({ type }) => type === 'fault.injected' && done());
  });
  const first = dial().then(() => order.push('first'));
  await struck;
  await dial().then(() => order.push('second'));
  vi.advanceTimersByTime(50);
  await first;
  expect(order).toEqual(['second', 'first']);
});

test('faults of one hub do not affect handshakes of other hubs', async () => {
  await using fork = emulator.fork('quiet');
  fail({ type: 'refuseCertificate' }, 9);
  expect(await dial('quiet.hub.localhost')).toBe('welcome');
  expect(fork.hub.faults.list()).toEqual([]);
  expect(await dial()).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
});

test('a client that connects to an address instead of a name is not affected', async () => {
  fail({ type: 'refuseCertificate' });
  expect(await dial('')).toBe('welcome');
  expect(emulator.hub.faults.list()).toMatchObject([{ matched: 0, struck: 0 }]);
});
