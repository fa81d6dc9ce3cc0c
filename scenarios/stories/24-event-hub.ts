import type { ReceivedEventData } from '@azure/event-hubs';
import { Received } from '../received.ts';
import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-read-builtin */
export default story(
  'A back end reads what a device sends from the event hub',
  async (stage) => {
    const reader = stage.eventReader();
    if (reader === undefined) return;
    const deviceId = await stage.createDevice();
    const events = new Received<ReceivedEventData>();
    // other devices of the hub may be sending too
    const isOurs = (event: ReceivedEventData) => event.systemProperties?.['iothub-connection-device-id'] === deviceId;
    const subscription = reader.subscribe(
      {
        processEvents: async (received) => received.filter(isOurs).forEach(events.listener),
        processError: async () => {}, // the client tries again
      },
      { startPosition: { enqueuedOn: Date.now() - 60_000 } },
    );
    try {
      const device = await stage.device(deviceId);
      const message = stage.message(JSON.stringify({ temperature: 31 }));
      message.messageId = stage.invent('reading');
      message.contentType = 'application/json';
      message.contentEncoding = 'utf-8';
      message.properties.add('temperatureAlert', 'true');
      await device.sendEvent(message);

      const { body, properties, systemProperties, messageId } = await events.next();
      stage.see('it reads the message', body, { temperature: 31 });
      stage.see('it has its id', messageId, message.messageId);
      stage.see('it has its property', properties, { temperatureAlert: 'true' });
      stage.see('the hub says how the device was authenticated', authenticationOf(systemProperties), {
        scope: 'device',
        type: 'sas',
        issuer: 'iothub',
        acceptingIpFilterRule: null,
      });
    } finally {
      await subscription.close();
      await reader.close();
    }
  },
  { isConnected: true },
);

const authenticationOf = (stamps: ReceivedEventData['systemProperties']): unknown =>
  JSON.parse(String(stamps?.['iothub-connection-auth-method']));
