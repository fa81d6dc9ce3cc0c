import { randomUUID } from 'node:crypto';
import { Authenticator, type AuthenticatorOptions } from '../auth/authenticate.ts';
import { deriveForFork, deriveFrom } from '../auth/derive-key.ts';
import { ownPolicies, type Policies, type Policy, policies } from '../auth/policies.ts';
import { Handshakes } from '../egress/handshakes.ts';
import type { Hub } from '../hub/hub.ts';
import { OwnKeys } from '../hub/registry/own-keys.ts';
import type { Clock } from '../kernel/clock.ts';
import { readLessons } from '../lessons/read-lessons.ts';
import type { Log } from '../log.ts';
import type { Options } from '../options.ts';
import { applySeed } from '../seeds/apply.ts';
import { expandSeed } from '../seeds/expand.ts';
import { expectingProbe } from '../servers/admin/probes.ts';
import type { Kept } from '../servers/kept.ts';
import type { TlsSettings } from '../servers/listener/handshakes.ts';
import { Traffic } from '../servers/traffic/traffic.ts';
import { TrafficOfForks } from '../servers/traffic/traffic-of-forks.ts';
import type { Progress } from '../store/restore.ts';
import { copyHub, hubBuilder } from './build-hub.ts';
import { Classroom } from './classroom.ts';
import { storageOf } from './file-storage.ts';
import { Forks } from './forks.ts';
import { HostedHub } from './hosted-hub.ts';
import { keepHub } from './keep-hub.ts';
import type { Narration } from './narration.ts';
import { readDeviceCa, readSeedOption } from './option-files.ts';

/** The hubs of one emulator. They do not listen: they are given connections. */
export interface HostedHubs {
  readonly original: HostedHub;
  readonly forks: Forks;
  readonly classroom: Classroom;
  /** Of the webhooks of all hubs. */
  readonly handshakes: Handshakes;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly deviceCa: TlsSettings['deviceCa'];
  /** The password of the MQTT probe, which the original hub refuses without a line in the log. */
  readonly probePassword: string;
  /** Of the original hub, if it is kept on disk. */
  readonly kept: Kept | undefined;
  /** Drops every connection. */
  close(): Promise<void>;
}

interface HostingParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Writes what devices and services do; undefined if the log does not show it. */
  readonly narration: Narration | undefined;
  /** The CA of the emulator's certificate. */
  readonly ca: () => Promise<string | undefined>;
  /** Called while a hub is read from disk. */
  readonly progress?: (progress: Progress) => void;
}

/** Builds the hub that the options describe, and starts its servers. Throws UsageError, HubError. */
export const hostHubs = async (
  options: Options,
  { clock, log, narration, ca, progress }: HostingParts,
): Promise<HostedHubs> => {
  const deviceCa = await readDeviceCa(options);
  const seed = await readSeedOption(options);
  const known = policies(options.policyKeys);
  const closing = new AbortController();
  const storage = await storageOf(options, { log, closing: closing.signal, ca });
  const handshakes = new Handshakes();
  const build = hubBuilder(options, { log, closing: closing.signal, fileStorage: storage.fileStorage, handshakes });
  const partsFor = (hub: Hub, keys: Policies, hubsOf?: AuthenticatorOptions['hubsOf']) => ({
    hub,
    policies: keys,
    auth: new Authenticator({
      policies: keys,
      find: (key) => hub.registry.find(key),
      mode: options.auth,
      log,
      refused: (refusal) => hub.events.publish({ type: 'refused', ...refusal }),
      ...(hubsOf && { hubsOf }),
    }),
    log,
    narration,
    hasDeviceCa: deviceCa !== undefined,
    sdkFaults: options.sdkFaults === 'on',
  });

  const probePassword = randomUUID();
  const derive = deriveFrom(options.randomSeed);
  const hub = build({ clock, derive });
  const kept = await keepHub(options, { hub, log, progress });
  const parts = { ...partsFor(hub, known, (credentials) => forks.namesOf(credentials)), kept: kept?.keeper };
  const original = new HostedHub({
    ...parts,
    account: storage.account,
    traffic: new Traffic(() => hub.clock.now()),
    deviceAuth: expectingProbe(parts.auth, probePassword),
    elsewhere: {
      get hasHubs() {
        return forks.size > 0;
      },
      find: (credentials) => forks.find(credentials),
      withAccount: (name) => forks.withAccount(name),
    },
    ...(kept?.found ?? {
      applySeed: () => {
        applySeed(parts.hub, expandSeed(options));
        applySeed(parts.hub, seed);
      },
    }),
  });
  const keys = new WeakMap([[original.hub, new OwnKeys(derive)]]);
  const trafficOfForks = new TrafficOfForks();
  const forks: Forks = new Forks(original, (name, { hub: from }) => {
    const own = deriveForFork(options.randomSeed, name);
    const { fileStorage, account } = storage.ofFork(own);
    const copy = copyHub(from, { build, keys: keys.get(from) ?? new OwnKeys(derive), derive: own, fileStorage });
    keys.set(copy.hub, new OwnKeys(own));
    const traffic = trafficOfForks.share(() => copy.hub.clock.now());
    return new HostedHub({ ...partsFor(copy.hub, ownPolicies(own)), account, traffic, seed: copy.seed });
  });
  try {
    await kept?.start(original.snapshots);
    await original.open();
  } catch (error) {
    await forks.close();
    await kept?.close();
    throw error;
  }
  const close = async (): Promise<void> => {
    closing.abort();
    await forks.close();
    await kept?.close();
  };
  const classroom = new Classroom(readLessons);
  return {
    ...{ original, forks, classroom, handshakes },
    ...{ policies: known, deviceCa, probePassword, kept: kept?.keeper, close },
  };
};
