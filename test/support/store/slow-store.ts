import type { Hub } from '../../../emulator/hub/hub.ts';
import type { Durability } from '../../../emulator/store/durability.ts';
import { Keeper } from '../../../emulator/store/keeper.ts';
import { listeningLog } from '../wire/rest-client.ts';
import { MemoryStore } from './memory-store.ts';

/** A store whose writes a test lets through, and the hub that is kept in it. */
export const slowStore = (durability: Durability = 'sync') => {
  const store = new MemoryStore();
  const { log, lines } = listeningLog();
  let open: () => void = () => {};
  return {
    store,
    lines,
    keep(hub: Hub): Keeper {
      const keeper = new Keeper({ hub, store, durability, log, folder: 'data', retryMs: 1 });
      store.fill(hub);
      void keeper.start();
      return keeper;
    },
    /** Holds every write back from now on. */
    hold(): void {
      store.gate = new Promise((done) => {
        open = done;
      });
    },
    /** Lets writes through. */
    release(): void {
      open();
      store.gate = Promise.resolve();
    },
  };
};

/** More turns of the event loop than an answer on this machine takes. */
export const someTurns = async (): Promise<void> => {
  for (let turn = 0; turn < 200; turn++) await new Promise((done) => setImmediate(done));
};
