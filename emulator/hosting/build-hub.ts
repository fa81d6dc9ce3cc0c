import { LIMITS } from '../../protocol/limits.ts';
import { readTier } from '../../protocol/tier.ts';
import { alasqlRelations } from '../alasql/relations.ts';
import { createBlobTransfer } from '../blobs/blob-transfer.ts';
import { createEgress } from '../egress/egress.ts';
import type { Handshakes } from '../egress/handshakes.ts';
import { isLoopback } from '../endpoints/addresses.ts';
import { readCadence } from '../hub/configurations/configuration-scheduler.ts';
import type { FileStorage } from '../hub/files/file-storage.ts';
import { Hub } from '../hub/hub.ts';
import type { HubOptions } from '../hub/hub-options.ts';
import type { Derive } from '../hub/ids.ts';
import { readLag } from '../hub/index-lag/lag.ts';
import { CLOUD_TO_DEVICE, type CloudToDeviceSettings } from '../hub/messaging/cloud-to-device.ts';
import type { OwnKeys } from '../hub/registry/own-keys.ts';
import { withEmptyOutbox } from '../hub/routing/empty-outbox.ts';
import { type Snapshot, takeSnapshot } from '../hub/snapshots/snapshot.ts';
import { tierLimits } from '../hub/tiers/quotas.ts';
import { type Clock, VirtualClock } from '../kernel/clock.ts';
import { parseDuration } from '../kernel/duration.ts';
import { FreezingClock } from '../kernel/freezing-clock.ts';
import type { Log } from '../log.ts';
import type { Options } from '../options.ts';
import { settingsOf } from '../traces/settings.ts';

/** Builds hubs that have the same options, each with a clock and rows of its own. */
export type BuildHub = (
  parts: Pick<HubOptions, 'clock' | 'start' | 'derive'> &
    Partial<Pick<HubOptions, 'egress' | 'blobTransfer' | 'fileStorage'>>,
) => Hub;

/** `closing` ends what goes on outside of the hubs when it is aborted. */
export const hubBuilder = (
  options: Options,
  {
    log,
    closing,
    fileStorage,
    handshakes,
  }: { log: Log; closing: AbortSignal; fileStorage: FileStorage; handshakes?: Handshakes },
): BuildHub => {
  const relations = alasqlRelations();
  const blobTransfer = createBlobTransfer({ log, closing });
  const tier = readTier(options.tier);
  const allowed = new Set(options.allowWebhook.map((host) => host.toLowerCase()));
  const allowsWebhook = (host: string): boolean => isLoopback(host) || allowed.has(host);
  const egress = createEgress({ log, closing, handshakes, allowsWebhook });
  const settings = settingsOf(options);
  return (parts) =>
    new Hub({
      seed: options.randomSeed,
      configurationInterval: readCadence(options.rollout) ?? 0,
      indexLag: readLag(options.index) ?? 'immediate',
      cloudToDevice: cloudToDevice(options),
      settings,
      hostName: options.hostname,
      partitions: options.partitions,
      consumerGroups: options.consumerGroups,
      faults: options.faults,
      history: options.history,
      ...(tier === undefined ? {} : { tier, limits: { ...LIMITS.azure, ...tierLimits(tier.name) } }),
      relations,
      blobTransfer,
      fileStorage,
      egress,
      failed: (error) => log.error('A listener of events failed', error),
      ...parts,
    });
};

const cloudToDevice = ({ feedbackInterval }: Options): CloudToDeviceSettings => {
  const { feedback, ...rest } = CLOUD_TO_DEVICE;
  return { ...rest, feedback: { ...feedback, intervalMs: parseDuration(feedbackInterval) ?? feedback.intervalMs } };
};

interface CopyParts {
  readonly build: BuildHub;
  readonly keys: OwnKeys;
  readonly derive: Derive;
  readonly fileStorage: FileStorage;
}

/**
 * A hub with the state of another one but what waits for endpoints outside of it, and keys of its own that `derive` makes;
 * its clock is a copy too if it is virtual.
 */
export const copyHub = (
  original: Hub,
  { build, keys, derive, fileStorage }: CopyParts,
): { readonly hub: Hub; readonly seed: Snapshot } => {
  const { clock } = original;
  const seed = keys.give(withEmptyOutbox(takeSnapshot(original)), derive);
  return { hub: build({ clock: ownClock(clock), start: seed, derive, fileStorage }), seed };
};

const ownClock = (clock: Clock): Clock => {
  if (clock instanceof VirtualClock) return new VirtualClock(clock.now());
  return clock instanceof FreezingClock ? clock.another() : clock;
};
