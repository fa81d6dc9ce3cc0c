import { startEmulator } from 'iothub-emulator';
import { expect, test, vi } from 'vitest';
import { Handshakes } from '../../../emulator/egress/handshakes.ts';
import { sharedCa } from '../../support/programs/command.ts';
import { newEgressHub, routeTo, say } from '../../support/wire/egress-hub.ts';
import { type Received, startHttp } from '../../support/wire/http-stub.ts';

const toHook = (endpointUrl: string) => ({
  endpoints: { webhooks: [{ name: 'hook', endpointUrl, retryPolicy: { maxDeliveryAttempts: 1 } }] },
  routes: [routeTo('hook')],
});

/** Answers 200 and nothing more, as a program that leaves the rest to a person. */
const startSilentHook = () => startHttp((_, response) => response.writeHead(200).end());

const urlIn = (request: Received | undefined): string => {
  const [{ data }] = JSON.parse(request?.body.toString() ?? '');
  return data.validationUrl;
};

const kinds = (received: readonly Received[]) => received.map(({ headers }) => headers['aeg-event-type']);

// https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
test('a webhook that answers without the code gets what has waited after a GET of its validationUrl', async () => {
  await using server = await startSilentHook();
  await using emulator = await startEmulator({ caDir: sharedCa, devices: ['d1'], routing: toHook(server.url) });
  const { hub, adminUrl } = emulator;
  const failed = new Promise<{ problem: string }>((done) => {
    hub.events.listen((event) => event.type === 'endpoint.failed' && done(event));
  });
  say(hub, { n: 1 });
  say(hub, { n: 2 });
  const { problem } = await failed;
  const [asked] = server.received;
  const validationUrl = urlIn(asked);
  expect(validationUrl.startsWith(`${adminUrl}/routing/validation/`)).toBe(true);
  expect(problem).toBe(
    `it answered the validation event without a validationResponse: GET ${validationUrl} within 10 minutes to accept`,
  );
  expect(hub.outbox.health.of('hook')).toMatchObject({ healthStatus: 'unhealthy', lastKnownError: problem });
  expect(hub.outbox.waiting('hook')).toBe(2);

  const unknown = await fetch(`${adminUrl}/routing/validation/other`);
  expect([unknown.status, kinds(server.received)]).toEqual([404, ['SubscriptionValidation']]);

  const answer = await fetch(validationUrl);
  expect([answer.status, await answer.text()]).toEqual([200, 'The webhook gets events from now on.\n']);
  await emulator.settle();
  expect(kinds(server.received)).toEqual(['SubscriptionValidation', 'Notification', 'Notification']);
  expect(server.received[1]?.headers['aeg-delivery-count']).toBe('0');
  expect(hub.outbox.health.of('hook')).toMatchObject({ healthStatus: 'healthy', delivered: 2, dropped: 0 });
});

test('the validationUrl needs no token of the admin API: its code is one', async () => {
  await using server = await startSilentHook();
  await using emulator = await startEmulator({
    ...{ caDir: sharedCa, devices: ['d1'], routing: toHook(server.url), adminToken: 'secret' },
  });
  say(emulator.hub, {});
  await expect.poll(() => server.received.length).toBe(1);
  expect((await fetch(urlIn(server.received[0]))).status).toBe(200);
});

test('messages wait for the validation without counting attempts, and after ten minutes the webhook is asked again', async () => {
  await using server = await startSilentHook();
  const handshakes = new Handshakes();
  handshakes.serveAt((code) => `http://localhost/${code}`);
  using world = newEgressHub(toHook(server.url), { handshakes });
  const { hub, next, clock } = world;
  hub.registry.create({ deviceId: 'd1' }, {});
  const wait = async (act: () => void) => {
    const failed = next('endpoint.failed');
    act();
    expect(await failed).toMatchObject({ attempt: 1 });
  };
  await wait(() => say(hub, {}));
  await wait(() => clock.advance(60_000));
  expect(server.received).toHaveLength(1);
  const code = urlIn(server.received[0]).slice('http://localhost/'.length);

  const now = Date.now();
  const late = vi.spyOn(Date, 'now').mockReturnValue(now + 600_001);
  try {
    expect(handshakes.accept(code)).toBe(false);
    await wait(() => clock.advance(60_000));
  } finally {
    late.mockRestore();
  }
  expect(kinds(server.received)).toEqual(['SubscriptionValidation', 'SubscriptionValidation']);
  expect(urlIn(server.received[1])).not.toContain(code);
  expect(hub.outbox.waiting('hook')).toBe(1);
});

test('a webhook may ask its validationUrl before it answers', async () => {
  const handshakes = new Handshakes();
  handshakes.serveAt((code) => code);
  await using server = await startHttp((request, response) => {
    if (request.headers['aeg-event-type'] === 'SubscriptionValidation') handshakes.accept(urlIn(request));
    response.writeHead(200).end();
  });
  using world = newEgressHub(toHook(server.url), { handshakes });
  world.hub.registry.create({ deviceId: 'd1' }, {});
  const delivered = world.next('endpoint.delivered');
  say(world.hub, {});
  expect(await delivered).toMatchObject({ endpoint: 'hook', messages: 1 });
});
