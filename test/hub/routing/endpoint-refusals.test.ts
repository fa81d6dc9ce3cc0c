import { expect, test } from 'vitest';
import type { RoutingInput } from '../../../protocol/routing.ts';
import { newEgress } from '../../support/hub/egress.ts';
import { newHub, refusal } from '../../support/hub/hub.ts';

const container = { name: 'cold', connectionString: 'UseDevelopmentStorage=true', containerName: 'box' };

test.each([
  ['a webhook', { webhooks: [{ name: 'hook' }] }, 'endpoints.webhooks.0.endpointUrl'],
  ['a container', { storageContainers: [{ name: 'cold' }] }, 'endpoints.cold: give a connectionString, or an'],
  [
    'a masked key',
    { storageContainers: [{ ...container, connectionString: 'AccountName=a;AccountKey=****' }] },
    'the AccountKey is not base64',
  ],
  [
    'a name without all parts',
    { storageContainers: [{ ...container, fileNameFormat: '{iothub}/{partition}' }] },
    'the fileNameFormat lacks {YYYY}, {MM}, {DD}, {HH}, {mm}',
  ],
  [
    'a name that leaves the container',
    { storageContainers: [{ ...container, fileNameFormat: '../{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}' }] },
    "the fileNameFormat has a segment '.' or '..'",
  ],
  [
    'a container that leaves the account',
    { storageContainers: [{ ...container, containerName: '../other' }] },
    'the containerName is not',
  ],
  [
    'an account with a password',
    { storageContainers: [{ name: 'cold', endpointUri: 'https://a:b@example.com/box' }] },
    'must not have a user name or password',
  ],
  ['two kinds under one name', { eventHubs: [{ name: 'cold' }], storageContainers: [container] }, 'is there twice'],
  ['a queue', { serviceBusQueues: [{ name: 'q' }] }, 'the emulator has no Service Bus queues; use eventHubs'],
])('refuses %s that cannot be used, and says why', (_, endpoints, text) => {
  const { hub } = newHub({ egress: newEgress().egress });
  expect(refusal(() => hub.router.replace({ endpoints } as RoutingInput))).toMatchObject({
    code: 'ArgumentInvalid',
    message: expect.stringContaining(text),
  });
});

test.each(['abc', 'a-b', 'a'.repeat(63), '$web'])('takes a container of the name %s', (containerName) => {
  const { hub } = newHub({ egress: newEgress().egress });
  hub.router.replace({ endpoints: { storageContainers: [{ ...container, containerName }] } });
  expect(hub.router.outerEndpoint('cold')).toMatchObject({ containerName });
});
