import type { Hub } from '../hub/hub.ts';
import type { ClientRefusal } from '../hub/refusal.ts';
import type { Log } from '../log.ts';

/** Where refusals are told. */
export interface RefusalTargets {
  readonly hub: Pick<Hub, 'events'>;
  readonly log: Log;
}

/** Tells of a refusal: people by a line of the log that begins with `text`, programs by the event `refused`. */
export const tellRefusal = ({ hub, log }: RefusalTargets, text: string, refusal: ClientRefusal): void => {
  const { key, subject, cause, remedy } = refusal;
  log.warn(text, { device: key, subject, cause, remedy });
  hub.events.publish({ type: 'refused', ...refusal });
};
