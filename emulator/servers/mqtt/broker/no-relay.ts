import type { Aedes } from 'aedes';

type Done = (error?: Error) => void;

/** A message queue that carries nothing: what clients publish is for the application only. */
export const silentQueue = {
  on(_topic: string, _listener: unknown, done?: Done): void {
    done?.();
  },
  removeListener(_topic: string, _listener: unknown, done?: Done): void {
    done?.();
  },
  emit(_packet: unknown, done?: Done): void {
    done?.();
  },
  close(done?: Done): void {
    done?.();
  },
};

/** Saves `broker` the work on what it would publish: messages of clients and its own `$SYS` topics. */
export const silence = (broker: Aedes): void => {
  // aedes calls it with and without a client in the middle; its types declare only the latter
  broker.publish = (_packet: unknown, clientOrDone: unknown, done?: unknown): void => {
    if (typeof done === 'function') done();
    else if (typeof clientOrDone === 'function') clientOrDone();
  };
};
