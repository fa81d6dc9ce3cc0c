import { createRequire } from 'node:module';
import type { Emulator } from 'iothub-emulator';

const require = createRequire(import.meta.url);
const iothub = require('azure-iothub');

/** Something that works on the service but not here. `attempt` does it as Microsoft's SDK does, and must fail. */
export interface Gap {
  readonly id: string;
  readonly lacks: string;
  readonly reason: string;
  attempt(emulator: Emulator): Promise<unknown>;
}

const ask = async (emulator: Emulator, method: string, path: string): Promise<void> => {
  const registry = iothub.Registry.fromConnectionString(emulator.connectionString());
  await new Promise<void>((done, failed) => {
    // the SDK's own client, with its token and headers
    registry._restApiClient.executeApiCall(method, path, {}, null, (error: Error | null) =>
      error ? failed(error) : done(),
    );
  });
};

export const GAPS: readonly Gap[] = [
  {
    id: 'STREAM-1',
    lacks: 'device streams',
    reason: 'device streams are not in this version',
    attempt: (emulator) => ask(emulator, 'POST', '/twins/d1/streams/s1?api-version=2021-04-12'),
  },
];
