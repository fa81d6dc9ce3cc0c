import type { Hub } from '../../hub/hub.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Log } from '../../log.ts';
import type { FaultInjector } from '../faults/injector.ts';
import type { Kept } from '../kept.ts';
import type { Traffic } from '../traffic/traffic.ts';
import type { FaultMessages } from './faults/fault-messages.ts';

/** What the sessions of one hub share. */
export interface SessionParts {
  readonly hub: Hub;
  readonly log: Log;
  /** Of a hub that is kept on disk. */
  readonly kept?: Kept | undefined;
  readonly faults: FaultInjector;
  readonly faultMessages: FaultMessages;
  /** Where requests are kept with their answers; undefined: nowhere. */
  readonly traffic?: Traffic | undefined;
  /** Token expiry follows it. */
  readonly wallClock: Clock;
}
