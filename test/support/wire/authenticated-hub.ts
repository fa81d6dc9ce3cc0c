import { createHmac } from 'node:crypto';
import { Authenticator } from '../../../emulator/auth/authenticate.ts';
import { policies } from '../../../emulator/auth/policies.ts';
import { ownStorage } from '../../../emulator/blobs/own-storage.ts';
import type { Published } from '../../../emulator/hub/events.ts';
import { Hub } from '../../../emulator/hub/hub.ts';
import { VirtualClock } from '../../../emulator/kernel/clock.ts';
import type { Log, LogFields } from '../../../emulator/log.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { resourceOf } from '../../../protocol/identity-key.ts';
import { signSas } from '../../../protocol/sas.ts';
import type { Tier } from '../../../protocol/tier.ts';

import { ACCOUNT } from '../hub/files.ts';

export interface LogLine extends LogFields {
  readonly text: string;
  readonly cause?: string;
}

const NOW = '2026-11-23T12:00:00Z';

export interface AuthenticatedHubOptions {
  readonly mode?: 'strict' | 'off';
  readonly tier?: Tier | undefined;
  /** Of each event hub; the default of hubs if not given. */
  readonly partitions?: number;
}

/** A hub with the device `d1`, and what servers need beside it. */
export const authenticatedHub = ({ mode = 'strict', tier, partitions }: AuthenticatedHubOptions = {}) => {
  /** The hub's time. */
  const clock = new VirtualClock(NOW);
  const hub = new Hub({
    clock,
    tier,
    derive: (text) => createHmac('sha256', 'seed').update(text).digest('base64'),
    fileStorage: ownStorage(ACCOUNT),
    ...(partitions === undefined ? {} : { partitions }),
  });
  hub.registry.create({ deviceId: 'd1' }, {});
  /** The wall clock, by which tokens expire. */
  const wallClock = new VirtualClock(NOW);
  const lines: LogLine[] = [];
  const write = (text: string, fields: LogFields = {}): void => void lines.push({ text, ...fields });
  const log: Log = { info: write, warn: write, error: (text, cause) => write(text, { cause: String(cause) }) };
  const events: Published[] = [];
  hub.events.listen((event) => events.push(event));
  const auth = new Authenticator({
    policies: policies(),
    find: (key) => hub.fleet.find(key),
    mode,
    log,
    now: () => wallClock.now(),
  });
  return { hub, clock, wallClock, lines, log, events, auth };
};

/** A token of a device or module that is valid for some minutes from the start of the wall clock on. */
export const identityToken = (hub: Hub, key: IdentityKey, minutes = 60): string =>
  signSas({
    resource: `localhost/${resourceOf(key)}`,
    key: hub.fleet.get(key).identity.authentication.primaryKey ?? '',
    expiry: Date.parse(NOW) / 1000 + minutes * 60,
  });

/** A token of a policy that is valid for an hour. */
export const policyToken = (policy: string): string =>
  signSas({
    resource: 'localhost',
    key: policies().get(policy)?.primaryKey ?? '',
    policy,
    expiry: Date.parse(NOW) / 1000 + 3600,
  });
