import { channel } from 'node:diagnostics_channel';

/** How a server answered one request. */
export interface Answered {
  /** `GET` and other methods, `CONNECT`, `SUBSCRIBE`, `PUBLISH`, or `DELIVER` for what the hub says by itself. */
  readonly verb: string;
  /** A path of the table of routes, or a topic as it came. */
  readonly subject: string;
  /** As the protocol says it: `200`, `taken`, `closed`. */
  readonly answer: string;
  /** The name of the error, if the request was refused. */
  readonly refusal?: string | undefined;
}

/** The diagnostics channel of that name. */
export const ANSWERS = 'iothub-emulator.answers';

const listeners = channel(ANSWERS);

/** Where servers tell how they answer; they ask first whether anybody listens. */
export const answers = {
  get hasSubscribers(): boolean {
    return listeners.hasSubscribers;
  },
  publish(answered: Answered): void {
    listeners.publish(answered);
  },
};
