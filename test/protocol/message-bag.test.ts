import { expect, test } from 'vitest';
import { bagOfMessage, messageFromBag } from '../../protocol/message-bag.ts';

const body = new Uint8Array([1, 2]);

// as the SDK for C writes it by default: application properties first, nothing encoded
// (iothub_client/src/iothubtransport_mqtt_common.c)
test('system properties get their names, the others keep theirs', () => {
  const { properties, system } = messageFromBag('a b=x&y&%24.mid=mid 1&%24.ct=application/json&%24.ce=utf-8', body);
  expect({ ...properties }).toEqual({ 'a b': 'x', y: '' });
  expect(system).toEqual({ messageId: 'mid 1', contentType: 'application/json', contentEncoding: 'utf-8' });
});

// https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#send-device-to-cloud-messages
test('a system property that the hub has no name for is an application property', () => {
  expect({ ...messageFromBag('$.mid=1&$.other=2', body).properties }).toEqual({ '$.other': '2' });
});

// in the order of a topic that was received from a real hub: https://github.com/Azure/azure-iot-explorer/issues/530
test('a message to a device has the names that SDKs look for, and none of the stamps of the hub', () => {
  const bag = bagOfMessage({
    body,
    properties: { alert: 'a b', empty: '' },
    system: {
      messageId: 'm1',
      correlationId: '',
      to: '/devices/d1/messages/devicebound',
      ack: 'full',
      enqueuedTime: '2026-01-01T00:00:00Z',
      messageSource: 'Telemetry',
    },
  });
  expect(bag).toBe('%24.mid=m1&%24.to=%2Fdevices%2Fd1%2Fmessages%2Fdevicebound&iothub-ack=full&alert=a%20b&empty=');
  expect(messageFromBag(bag, body).system).toEqual({
    messageId: 'm1',
    to: '/devices/d1/messages/devicebound',
    ack: 'full',
  });
});
