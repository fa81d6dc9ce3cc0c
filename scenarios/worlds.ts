import { startEmulator } from 'iothub-emulator';
import { microsoft } from './microsoft.ts';
import { ours } from './ours.ts';
import type { Sdk, Transport } from './sdk.ts';
import type { Arrival, World } from './story.ts';

/** A hub that stories can happen on. */
export interface HubUnderTest {
  readonly connectionString: string;
  /** Seconds that a query may lag behind. */
  readonly patience: number;
  readonly arrived?: readonly Arrival[];
  close(): Promise<void>;
}

/** Whose clients, over what. */
export const CAST: readonly { sdk: Sdk; transport: Transport }[] = [
  { sdk: microsoft, transport: 'MQTT' },
  { sdk: microsoft, transport: 'MQTT over WebSocket' },
  { sdk: ours, transport: 'MQTT' },
  { sdk: ours, transport: 'MQTT over WebSocket' },
];

/** An emulator in this process; SDKs in it find and trust it. */
export const emulatedHub = async (): Promise<HubUnderTest> => {
  const emulator = await startEmulator({ ports: 'random', trust: 'process' });
  const arrived: Arrival[] = [];
  emulator.hub.events.listen((event) => {
    if (event.type !== 'telemetry') return;
    const { body, system, application } = event.message;
    arrived.push({ body: Buffer.from(body).toString(), system, application });
  });
  return { connectionString: emulator.connectionString(), patience: 0, arrived, close: () => emulator.close() };
};

/** The hub that IOTHUB_CONNECTION_STRING names, if it names one; stories leave it as they found it. */
export const givenHub = (): HubUnderTest | undefined => {
  const connectionString = process.env.IOTHUB_CONNECTION_STRING;
  return connectionString === undefined ? undefined : { connectionString, patience: 60, close: async () => {} };
};

export const worldOf = (cast: (typeof CAST)[number], { connectionString, patience, arrived }: HubUnderTest): World => ({
  ...cast,
  connectionString,
  patience,
  arrived,
});
