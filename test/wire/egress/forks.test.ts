import { startEmulator } from 'iothub-emulator';
import { expect, test } from 'vitest';
import { sharedCa } from '../../support/programs/command.ts';
import { routeTo, say } from '../../support/wire/egress-hub.ts';
import { startHttp } from '../../support/wire/http-stub.ts';

test('a fork does not send what waits for a webhook, after a reset neither, and sends what comes', async () => {
  let isOpen = false;
  await using server = await startHttp((_, response) => response.writeHead(isOpen ? 200 : 503).end());
  await using emulator = await startEmulator({
    ...{ caDir: sharedCa, devices: ['d1'], clock: 'virtual' },
    routing: {
      endpoints: { webhooks: [{ name: 'hook', endpointUrl: server.url, validation: 'off' }] },
      routes: [routeTo('hook')],
    },
  });
  say(emulator.hub, { sentBy: 'original' });
  await emulator.settle();
  expect(emulator.hub.outbox.waiting('hook')).toBe(1);

  const fork = emulator.fork('oslo');
  isOpen = true;
  expect(fork.hub.outbox.waiting('hook')).toBe(0);
  expect(fork.hub.outbox.health.of('hook').healthStatus).toBe('unknown');
  fork.snapshots.reset();
  expect(fork.hub.scheduler.entries().map(({ kind }) => kind)).not.toContain('outbox');
  await fork.settle();
  expect(server.received).toHaveLength(1);

  say(fork.hub, { sentBy: 'fork' });
  await fork.settle();
  const told = server.received.map(({ body }) => JSON.parse(body.toString())[0].data.body.sentBy);
  expect(told).toEqual(['original', 'fork']);
  expect(emulator.hub.outbox.waiting('hook')).toBe(1);
});
