import { hubBuilder } from '../hosting/build-hub.ts';
import { noFileStorage } from '../hub/files/file-storage.ts';
import type { Hub } from '../hub/hub.ts';
import { noBlobs } from '../hub/hub-options.ts';
import type { Egress } from '../hub/routing/egress.ts';
import { Player } from '../hub/trace/player.ts';
import { MASK, type TraceHead } from '../hub/trace/trace.ts';
import { VirtualClock } from '../kernel/clock.ts';
import { silentLog } from '../log.ts';
import { parseOptions } from '../options.ts';

/** A hub that is led through a trace. */
export interface ReplayedRun {
  readonly hub: Hub;
  readonly clock: VirtualClock;
  readonly player: Player;
}

/** The hub before the first line. It sends nothing to any server. */
export const openRun = ({ at, options }: TraceHead): ReplayedRun => {
  const clock = new VirtualClock(at);
  const build = hubBuilder(parseOptions(options), {
    log: silentLog,
    closing: new AbortController().signal,
    fileStorage: noFileStorage,
  });
  const hub = build({ clock, derive: () => MASK, egress: heldEgress, blobTransfer: noBlobs });
  return { hub, clock, player: new Player(hub, clock) };
};

/** Takes everything and delivers nothing. */
const heldEgress: Egress = { refuse: () => undefined, send: () => () => {} };
