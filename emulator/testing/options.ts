import { type Emulator, type EmulatorOptions, startEmulator } from '../index.ts';

export interface TestOptions extends EmulatorOptions {
  /** `fork` (the default): each test has a hub of its own. `reset`: one hub, back to its beginning before each test. */
  readonly isolation?: 'fork' | 'reset';
  /** How long `until` waits, in ms of the wall clock; 5000 if not given. */
  readonly patience?: number;
}

/** An emulator as tests want it: free ports, found and trusted by this process, time that stands still. */
export const startForTests = ({ isolation: _, patience: __, ...options }: TestOptions): Promise<Emulator> =>
  startEmulator({ ports: 'random', trust: 'process', clock: 'virtual', sdkFaults: 'on', ...options });
