import { connect, type TLSSocket } from 'node:tls';
import { type Emulator, startEmulator } from 'iothub-emulator';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { FaultEffect } from '../../protocol/fault.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.hub.faults.clear());
afterAll(() => emulator.close());

const fail = (effect: FaultEffect, times = 1) =>
  emulator.hub.faults.add({ match: { operation: 'handshake', times }, effect });

/** What becomes of a client that trusts the hub's CA. */
const dial = (servername = 'localhost'): Promise<string> =>
  new Promise((done) => {
    const port = emulator.mqttPort;
    const socket: TLSSocket = connect({ host: '127.0.0.1', port, servername, ca: emulator.ca ?? '' }, () => {
      done('welcome');
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
  });

// https://nodejs.org/api/tls.html#x509-certificate-error-codes
test('a client is shown a certificate that it has no cause to trust, and the next one the right one', async () => {
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

test('a handshake that is held back comes after a later one', async () => {
  fail({ type: 'delay', ms: 50 });
  const order: string[] = [];
  await Promise.all(['first', 'second'].map((name) => dial().then(() => order.push(name))));
  expect(order).toEqual(['second', 'first']);
});

test('other hubs behind the same door have handshakes of their own', async () => {
  await using fork = emulator.fork('quiet');
  fail({ type: 'refuseCertificate' }, 9);
  expect(await dial('quiet.hub.localhost')).toBe('welcome');
  expect(fork.hub.faults.list()).toEqual([]);
  expect(await dial()).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
});

test('who dials an address instead of a name is not met', async () => {
  fail({ type: 'refuseCertificate' });
  expect(await dial('')).toBe('welcome');
  expect(emulator.hub.faults.list()).toMatchObject([{ matched: 0, struck: 0 }]);
});
