import type { HubBus, HubEvent } from '../hub/events.ts';
import type { Log } from '../log.ts';
import { LossLog } from './log-losses.ts';

/** Writes to the log what has happened in the hub without a request. */
export const logEvents = (events: HubBus, log: Log): void => {
  const losses = new LossLog(log);
  events.listen((event) => logEvent(event, log, losses));
};

const logEvent = (event: HubEvent, log: Log, losses: LossLog): void => {
  switch (event.type) {
    case 'fault.injected': {
      // users must not debug failures that they asked for
      const { key, rule, operation, effect } = event;
      log.warn('Injected a fault', { device: key, rule, operation, effect: effect.type });
      break;
    }
    case 'tier.queued':
      log.warn('Operations wait for the tier', { device: event.key, operation: event.operation, cause: event.cause });
      break;
    case 'tier.refused': {
      const { key, operation, cause, remedy } = event;
      log.warn('The tier refused an operation', { device: key, operation, cause, remedy });
      break;
    }
    case 'history.lost':
      log.warn('Dropped the history of a twin', { device: event.key, cause: event.cause, remedy: event.remedy });
      break;
    case 'c2d.expired':
      log.warn('A message to a device has expired', {
        ...about(event),
        cause: 'the device did not complete it in time',
        remedy: 'connect the device and let it subscribe to messages, or send the message with a later expiry time',
      });
      break;
    case 'c2d.dead-lettered':
      log.warn('Gave up a message to a device', {
        ...about(event),
        cause: `the device has abandoned it ${event.deliveryCount} times`,
        remedy: 'complete or reject messages that cannot be processed',
      });
      break;
    case 'file.expired':
      log.warn('An upload of a file was not ended in time', {
        device: event.key,
        blob: event.blobName,
        cause: 'the device has not told the hub of its end within an hour',
        remedy: 'notify the hub after each upload, whether it has failed or not',
      });
      break;
    case 'file.missing':
      log.warn('An uploaded file is not there', {
        device: event.key,
        blob: event.blobName,
        cause: 'there is no such blob in the storage account, so that no one is notified',
        remedy: 'upload the file to the place that the hub gave before the hub is notified',
      });
      break;
    case 'telemetry':
      losses.telemetry(event);
      break;
    case 'endpoint.delivered':
    case 'endpoint.failed':
    case 'endpoint.dropped':
      losses.endpoint(event);
      break;
    default:
  }
};

type MessageEvent = Extract<HubEvent, { readonly type: 'c2d.expired' | 'c2d.dead-lettered' }>;

const about = ({ key, sequenceNumber, message }: MessageEvent) => ({
  device: key,
  sequenceNumber,
  messageId: message.system.messageId,
});
