import type { Hub } from '../../hub/hub.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Log } from '../../log.ts';
import type { FaultInjector } from '../faults/injector.ts';
import type { SdkFaults } from '../faults/sdk-faults.ts';
import type { Kept } from '../kept.ts';

/** What the sessions of one hub share. */
export interface SessionParts {
  readonly hub: Hub;
  readonly log: Log;
  /** Of a hub that is kept on disk. */
  readonly kept?: Kept | undefined;
  readonly faults: FaultInjector;
  readonly sdkFaults: SdkFaults;
  /** Token expiry follows it. */
  readonly wallClock: Clock;
}
