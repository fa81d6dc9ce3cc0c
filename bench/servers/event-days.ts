import { setImmediate } from 'node:timers/promises';
import { startEmulator, VirtualClock } from 'iothub-emulator';
import { serve, settings, settledMemory } from './serve.ts';

const { caDir } = settings<{ readonly caDir: string }>();
const clock = new VirtualClock();
const { hub } = await startEmulator({ clock, caDir, ports: 'random', host: '127.0.0.1' });

const DEVICES = Array.from({ length: 100 }, (_, i) => `d${i}`);
const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

for (const deviceId of DEVICES) hub.registry.create({ deviceId }, {});

/** A day on the hub's clock in which each device sends a message every minute. */
const spendDay = async (): Promise<void> => {
  for (let minute = 0; minute < DAY_MINUTES; minute++) {
    for (const deviceId of DEVICES)
      hub.telemetry.receive(deviceId, {
        body: Buffer.from(JSON.stringify({ temperature: 21.5, minute, pad: '0'.repeat(150) })),
        properties: { level: minute % 4 === 0 ? 'high' : 'low' },
        system: { contentType: 'application/json', contentEncoding: 'utf-8' },
      });
    clock.advance(MINUTE_MS);
    await setImmediate();
  }
};

serve({
  /** Resident memory after a further day, KB. */
  day: async () => {
    await spendDay();
    return settledMemory();
  },
});
