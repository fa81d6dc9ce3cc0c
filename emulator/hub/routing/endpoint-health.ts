import { keySpace } from '../../kernel/change-feed.ts';
import { type Clock, timestamp } from '../../kernel/clock.ts';
import { StateMap } from '../../kernel/state-map.ts';

/**
 * Whether an endpoint takes messages. `unknown`: nothing was sent yet; `unhealthy`: it does not, and the hub tries again;
 * `dead`: it did not for so long that messages were given up.
 * https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/get-endpoint-health#endpointhealthstatus
 */
export type HealthStatus = 'unknown' | 'healthy' | 'unhealthy' | 'dead';

/** What is known about an endpoint outside of the hub. Times are ISO 8601, UTC. */
export interface EndpointHealth {
  readonly healthStatus: HealthStatus;
  readonly lastKnownError?: string;
  readonly lastKnownErrorTime?: string;
  readonly lastSuccessfulSendAttemptTime?: string;
  readonly lastSendAttemptTime?: string;
  /** Messages that it has taken. */
  readonly delivered: number;
  /** Messages that were given up. */
  readonly dropped: number;
}

const NOT_TRIED: EndpointHealth = { healthStatus: 'unknown', delivered: 0, dropped: 0 };

/** Room: how the endpoints outside of the hub are. */
export class EndpointHealths {
  readonly #clock: Clock;
  readonly #rows = new StateMap<EndpointHealth>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get space() {
    return keySpace('endpoint-health', this.#rows);
  }

  of(endpoint: string): EndpointHealth {
    return this.#rows.get(endpoint) ?? NOT_TRIED;
  }

  delivered(endpoint: string, messages: number): void {
    const { lastKnownError: _, lastKnownErrorTime: __, ...known } = this.of(endpoint);
    const now = timestamp(this.#clock.now());
    const times = { lastSuccessfulSendAttemptTime: now, lastSendAttemptTime: now };
    const delivered = known.delivered + messages;
    this.#rows.set(endpoint, { ...known, healthStatus: 'healthy', delivered, ...times });
  }

  failed(endpoint: string, problem: string, healthStatus: 'unhealthy' | 'dead'): void {
    const now = timestamp(this.#clock.now());
    const last = { lastKnownError: problem, lastKnownErrorTime: now, lastSendAttemptTime: now };
    this.#rows.set(endpoint, { ...this.of(endpoint), healthStatus, ...last });
  }

  dropped(endpoint: string, messages: number): void {
    const known = this.of(endpoint);
    this.#rows.set(endpoint, { ...known, dropped: known.dropped + messages });
  }

  clear(): void {
    this.#rows.clear();
  }
}
