import type { Client } from '../../../clients/device/index.ts';
import { Message } from '../../../clients/device/index.ts';
import type { Template } from '../../../protocol/admin/simulated.ts';
import { valuesOf } from './template.ts';

interface Surroundings {
  /** A number from 0 to 1. */
  random(): number;
  /** Is told what the device does, a line each. */
  tell(line: string): void;
}

/** A simulated device that is connected. */
export interface SimulatedDevice {
  /** Sends one message. */
  send(): Promise<void>;
}

/** Connects, reports once, and answers methods from then on. */
export const simulateDevice = async (
  client: Client,
  { telemetry, reported, methods }: Template,
  { random, tell }: Surroundings,
): Promise<SimulatedDevice> => {
  for (const [name, payload] of Object.entries(methods))
    client.onDeviceMethod(name, (_, response) => {
      response.send(200, payload).then(
        () => tell(`answered ${name}`),
        (error: Error) => tell(`could not answer ${name}: ${error.message}`),
      );
    });
  await client.open();
  tell('connected');
  const twin = await client.getTwin();
  const report = valuesOf(reported, random);
  await twin.properties.reported.update(report);
  tell(`reported ${JSON.stringify(report)}`);
  return {
    async send() {
      const text = JSON.stringify(valuesOf(telemetry, random));
      const message = new Message(text);
      message.contentType = 'application/json';
      message.contentEncoding = 'utf-8';
      await client.sendEvent(message);
      tell(`sent ${text}`);
    },
  };
};
