import { type Emulator, type EmulatorOptions, startEmulator } from '../index.ts';

/**
 * Options of an emulator for tests: all of `startEmulator`, with other defaults for `ports` (`random`), `trust` (`process`),
 * `clock` (`virtual`) and `sdkFaults` (`on`).
 */
export interface TestOptions extends EmulatorOptions {
  /**
   * `fork`: each test has a hub of its own, a copy of the one that the emulator started with. `reset`: all tests have the same
   * hub, which is reset before each test; needed for programs that do not run on Node.
   * @default 'fork'
   * @example { isolation: 'reset' }
   */
  readonly isolation?: 'fork' | 'reset' | undefined;
  /**
   * How long `until` waits, in ms of the wall clock.
   * @default 5000
   * @example { timeoutMs: 500 }
   */
  readonly timeoutMs?: number | undefined;
}

/**
 * Starts an emulator for tests. Use it where neither `hubFixtures` nor `useIotHub` fits.
 * @throws PortError, UsageError and HubError as `startEmulator` does.
 * @example
 * await using emulator = await startForTests({ devices: ['oven'] });
 * await using iotHub = new TestHub(emulator);
 */
export const startForTests = ({ isolation: _, timeoutMs: __, ...options }: TestOptions): Promise<Emulator> =>
  startEmulator({ ports: 'random', trust: 'process', clock: 'virtual', sdkFaults: 'on', ...options });
