import { type EmulatorOptions, startEmulator } from 'iothub-emulator';
import { microsoft } from './microsoft.ts';
import { ours } from './ours.ts';
import type { Sdk, Transport } from './sdk.ts';
import type { ReceivedMessage, World } from './world.ts';

/** A hub to run stories on. */
export interface HubUnderTest {
  readonly connectionString: string;
  /** Seconds that queries may lag behind writes. */
  readonly queryLagSeconds: number;
  readonly arrived?: readonly ReceivedMessage[];
  readonly route?: World['route'];
  readonly uploaded?: World['uploaded'];
  readonly eventsConnectionString?: string | undefined;
  close(): Promise<void>;
}

/** Each SDK over each transport. */
export const CAST: readonly { sdk: Sdk; transport: Transport }[] = [
  { sdk: microsoft, transport: 'MQTT' },
  { sdk: microsoft, transport: 'MQTT over WebSocket' },
  { sdk: ours, transport: 'MQTT' },
  { sdk: ours, transport: 'MQTT over WebSocket' },
];

/** An emulator in this process, which the SDKs in the process find and trust. */
export const emulatedHub = async (more: EmulatorOptions = {}): Promise<HubUnderTest> => {
  const emulator = await startEmulator({ ports: 'random', trust: 'process', feedbackInterval: '0s', ...more });
  const arrived: ReceivedMessage[] = [];
  emulator.hub.events.listen((event) => {
    if (event.type !== 'telemetry') return;
    const { message, routes, endpoints } = event;
    const { body, system, properties } = message;
    arrived.push({ body: Buffer.from(body).toString(), system, properties, routes, endpoints });
  });
  const { router } = emulator.hub;
  return {
    connectionString: emulator.connectionString(),
    queryLagSeconds: 0,
    arrived,
    eventsConnectionString: emulator.eventsConnectionString(),
    uploaded: (name) => Buffer.concat(emulator.hub.blobs.get(name).content).toString(),
    route: (routing) => (routing === undefined ? router.reset() : router.replace({ ...routing })),
    close: () => emulator.close(),
  };
};

/**
 * The hub of IOTHUB_CONNECTION_STRING, if that is set, and its event hub by IOTHUB_EVENTHUB_CONNECTION_STRING. Stories remove
 * what they create on it.
 */
export const givenHub = (): HubUnderTest | undefined => {
  const connectionString = process.env.IOTHUB_CONNECTION_STRING;
  const eventsConnectionString = process.env.IOTHUB_EVENTHUB_CONNECTION_STRING;
  return connectionString === undefined
    ? undefined
    : { connectionString, eventsConnectionString, queryLagSeconds: 60, close: async () => {} };
};

export const worldOf = (
  cast: (typeof CAST)[number],
  { connectionString, queryLagSeconds, arrived, route, uploaded, eventsConnectionString }: HubUnderTest,
): World => ({
  ...cast,
  connectionString,
  queryLagSeconds,
  arrived,
  route,
  uploaded,
  eventsConnectionString,
});
