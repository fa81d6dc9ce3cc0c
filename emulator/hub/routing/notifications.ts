import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { RoutingSource } from '../../../protocol/routing.ts';
import { type Clock, never, timestamp } from '../../kernel/clock.ts';
import type { HubBus, Published } from '../events.ts';
import type { FleetView } from '../fleet/fleet.ts';
import { absent } from '../fleet/member.ts';
import type { Ids } from '../ids.ts';
import { type Job, renderJob } from '../jobs/job.ts';
import { newTwin } from '../twins/twin.ts';
import { renderTwin } from '../twins/twin-document.ts';
import { messageOf, type Notification } from './notification.ts';
import { hubNameIn, type Router } from './router.ts';
import { digitalTwinChange, twinChange, wholeTwin } from './twin-notifications.ts';

/** Routes what happens in the hub, apart from messages of devices, to those who asked for it. It has no state. */
export class Notifications {
  readonly #fleet: FleetView;
  readonly #router: Router;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #hubName: string;

  constructor(parts: {
    fleet: FleetView;
    router: Router;
    events: HubBus;
    clock: Clock;
    ids: Ids;
    hostName: string;
  }) {
    this.#fleet = parts.fleet;
    this.#router = parts.router;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#hubName = hubNameIn(parts.hostName);
    parts.events.listen((event) => {
      if (!this.#router.isDefault) this.#take(event); // there is an event for each report, and rarely a route
    });
  }

  #take(event: Published): void {
    switch (event.type) {
      case 'twin.updated':
      case 'twin.reported':
      case 'twin.replaced':
        this.#tell('TwinChangeEvents', () => twinChange(event));
        this.#tell('DigitalTwinChangeEvents', () => {
          const member = this.#fleet.find(event.key);
          return member && digitalTwinChange(event, member);
        });
        return;
      case 'identity.created':
      case 'identity.deleted':
        this.#tell('DeviceLifecycleEvents', () =>
          lifecycle(event, event.type === 'identity.created' ? 'create' : 'delete'),
        );
        return;
      case 'session.opened':
      case 'session.closed':
        this.#tell('DeviceConnectionStateEvents', () =>
          connectionState(event.key, event.type === 'session.opened', this.#ids.connectionSequence()),
        );
        return;
      case 'job.changed':
        this.#tell('DeviceJobLifecycleEvents', () => jobChange(event.job));
        return;
      default:
        return;
    }
  }

  /** Makes the notification only if a route asks for its kind. */
  #tell(source: RoutingSource, make: () => Notification | undefined): void {
    if (!this.#router.wants(source)) return;
    const notification = make();
    if (notification === undefined) return;
    const at = timestamp(this.#clock.now());
    const stamp = { hubName: this.#hubName, at, correlationId: this.#ids.correlationId() };
    const { gridBody: body } = notification;
    this.#router.route(
      source,
      notification.key,
      messageOf(notification, stamp),
      body === undefined ? undefined : () => (body === null ? undefined : messageOf({ ...notification, body }, stamp)),
    );
  }
}

/** Of modules as well: https://learn.microsoft.com/azure/iot-hub/iot-hub-non-telemetry-event-schema#device-lifecycle-events */
const lifecycle = ({ key, identity, twin }: LifecycleEvent, operation: 'create' | 'delete'): Notification => ({
  source: 'DeviceLifecycleEvents',
  key,
  messageSource: 'deviceLifecycleEvents',
  schema: 'deviceLifecycleNotification',
  opType: `${operation}DeviceIdentity`,
  // the twin of a new identity is told before it has times
  body: wholeTwin(key, operation === 'create' ? newTwin(never) : twin),
  gridBody:
    identity.moduleId === undefined ? renderTwin({ key, identity, twin, presence: absent, pendingMessages: 0 }) : null,
});

type LifecycleEvent = Extract<Published, { readonly type: 'identity.created' | 'identity.deleted' }>;

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-non-telemetry-event-schema#connection-state-events */
const connectionState = (key: IdentityKey, isConnected: boolean, sequenceNumber: string): Notification => ({
  source: 'DeviceConnectionStateEvents',
  key,
  messageSource: 'deviceConnectionStateEvents',
  schema: 'deviceConnectionStateNotification',
  opType: isConnected ? 'deviceConnected' : 'deviceDisconnected',
  body: { sequenceNumber },
});

/** UNCERTAIN: all of it; no document describes these events. */
const jobChange = (job: Job): Notification => ({
  source: 'DeviceJobLifecycleEvents',
  key: '',
  messageSource: 'deviceJobLifecycleEvents',
  schema: 'jobNotification',
  opType: JOB_OPERATIONS[job.status] ?? 'jobUpdated',
  body: renderJob(job),
});

const JOB_OPERATIONS: Readonly<Record<string, string>> = {
  completed: 'jobCompleted',
  failed: 'jobFailed',
  cancelled: 'jobCancelled',
};
