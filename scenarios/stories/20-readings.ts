import { story } from '../story.ts';

const READINGS = [
  { temperature: 21, humidity: 61 },
  { temperature: 31, humidity: 66 },
  { temperature: 24, humidity: 70 },
] as const;

/** https://learn.microsoft.com/azure/iot-hub/quickstart-send-telemetry-node */
export default story('A device sends readings, and marks those that are too high', async (stage) => {
  const device = await stage.device(await stage.createDevice());
  const ids: string[] = [];
  for (const reading of READINGS) {
    const message = stage.message(JSON.stringify(reading));
    message.messageId = stage.invent('reading');
    message.properties.add('temperatureAlert', String(reading.temperature > 30));
    const result = await device.sendEvent(message);
    stage.see(`the hub accepts ${reading.temperature} degrees`, result.constructor.name, 'MessageEnqueued');
    ids.push(message.messageId);
  }

  const received = ids.flatMap((id) => stage.received(id) ?? []);
  if (received.length === 0) return;
  stage.see(
    'the readings are unchanged',
    received.map(({ body }) => JSON.parse(body)),
    READINGS,
  );
  const alerts = received.map(({ properties }) => properties.temperatureAlert);
  stage.see('one of them is marked', alerts, ['false', 'true', 'false']);
});
