import { channel } from 'node:diagnostics_channel';

/** How a server answered one request. */
export interface Answered {
  /** `GET` and other methods, `CONNECT`, `SUBSCRIBE`, `PUBLISH`, or `DELIVER` for messages of the hub to devices. */
  readonly verb: string;
  /** A path of the table of routes, or a topic. */
  readonly subject: string;
  /** A status code; for MQTT also `taken`, `sent` or `closed`. */
  readonly answer: string;
  /** The name of the error, if there was one. */
  readonly refusal?: string | undefined;
}

/** The user agent of the emulator's own probes, of which the log says nothing. */
export const PROBE_AGENT = 'iothub-emulator health';

/** The diagnostics channel of that name. */
export const DIAGNOSTICS_CHANNEL = 'iothub-emulator.answers';

const listeners = channel(DIAGNOSTICS_CHANNEL);

/** Where servers publish how they answer requests, if there are subscribers. */
export const diagnostics = {
  get hasSubscribers(): boolean {
    return listeners.hasSubscribers;
  },
  publish(answered: Answered): void {
    listeners.publish(answered);
  },
};
