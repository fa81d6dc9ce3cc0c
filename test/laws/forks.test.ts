import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deriveForFork, deriveFrom } from '../../emulator/auth/derive-key.ts';
import { POLICY_NAMES } from '../../emulator/auth/policies.ts';
import { type HostedHubs, hostHubs } from '../../emulator/hosting/host-hubs.ts';
import type { HostedHub } from '../../emulator/hosting/hosted-hub.ts';
import { renderIdentity } from '../../emulator/hub/registry/identity-document.ts';
import { VirtualClock } from '../../emulator/kernel/clock.ts';
import { silentLog } from '../../emulator/log.ts';
import { parseOptions } from '../../emulator/options.ts';
import { HubError } from '../../protocol/errors.ts';
import { type IdentityKey, resourceOf } from '../../protocol/identity-key.ts';
import { isObject, type Json, type JsonObject, own } from '../../protocol/json.ts';
import { signSas } from '../../protocol/sas.ts';
import { runs } from '../support/runs.ts';

const GIVEN = 'Z2l2ZW4ta2V5LW9mLTE2LWJ5dGVz';
const DEVICES = ['d1', 'd2', { id: 'given', primaryKey: GIVEN, secondaryKey: GIVEN }];
const IDS = ['d1', 'd2', 'given'];

const hosting = (): Promise<HostedHubs> =>
  hostHubs(parseOptions({ devices: DEVICES }), {
    clock: new VirtualClock(),
    log: silentLog,
    narration: undefined,
    ca: async () => undefined,
  });

/** A token that one of the hubs has made, for what it is sent or for something else. */
const tokens = fc.record({
  hub: fc.nat(5),
  policy: fc.option(fc.constantFrom(...POLICY_NAMES), { nil: undefined }),
  signer: fc.constantFrom(...IDS),
  sentBy: fc.constantFrom(...IDS),
  which: fc.constantFrom('primaryKey', 'secondaryKey'),
  isSpoiled: fc.boolean(),
});
const names = fc.uniqueArray(fc.stringMatching(/^[a-o][a-z0-9]{0,5}$/), { minLength: 1, maxLength: 5 });

/** The hub that lets the client in, as the servers find it; undefined if it is refused. */
const entered = (
  { original, forks }: HostedHubs,
  { token, key }: { readonly token: string; readonly key: IdentityKey },
): HostedHub | undefined => {
  const found = forks.find({ token, key }) ?? original;
  try {
    found.auth.device({ key, password: token });
    return found;
  } catch (error) {
    if (error instanceof HubError) return undefined;
    throw error;
  }
};

test('no key opens another hub than the one that has it', async () => {
  await fc.assert(
    fc.asyncProperty(names, fc.array(tokens, { maxLength: 12 }), async (forkNames, attempts) => {
      const hosted = await hosting();
      const hubs = [hosted.original, ...forkNames.map((name) => hosted.forks.add(name).hostedHub)];
      for (const { hub: index, policy, signer, sentBy, which, isSpoiled } of attempts) {
        const hub = hubs[index % hubs.length] ?? hosted.original;
        const holder = policy === undefined ? hub.find(signer)?.identity.authentication : hub.policies.get(policy);
        const key = holder?.[which] ?? '';
        const expiry = Math.ceil(Date.now() / 1000) + 60;
        const made = signSas({ resource: `localhost/${resourceOf(signer)}`, key, expiry, ...(policy && { policy }) });
        const token = isSpoiled ? made.replace('sig=', 'sig=A') : made;
        const mayEnter =
          !isSpoiled && sentBy === signer && (policy === undefined || ['iothubowner', 'device'].includes(policy));
        const isShared = policy === undefined && signer === 'given';
        expect(entered(hosted, { token, key: sentBy })).toBe(mayEnter && !isShared ? hub : undefined);
      }
      await hosted.close();
    }),
    { numRuns: runs(200) },
  );
}, 120_000);

/** The body of a PUT that changes the status alone. */
const disabled = ({ hub }: HostedHub, id: string): JsonObject => ({
  ...renderIdentity(hub.fleet.get(id)),
  status: 'disabled',
});

type KeyOf = (hub: HostedHub, id: string) => Json | undefined;
const at = (json: Json | undefined, name: string): Json | undefined => (isObject(json) ? own(json, name) : undefined);

/** All that tells the primary key of a device. */
const READERS: Readonly<Record<string, KeyOf>> = {
  registry: ({ hub }, id) => hub.registry.get(id).identity.authentication.primaryKey,
  document: ({ hub }, id) =>
    at(at(at(renderIdentity(hub.fleet.get(id)), 'authentication'), 'symmetricKey'), 'primaryKey'),
  rows: ({ hub }, id) =>
    [...hub.fleet.devices.rows()].find(({ key }) => key === id)?.identity.authentication.primaryKey,
  history: ({ hub }, id) => hub.history.list(id).at(-1)?.member?.identity.authentication.primaryKey,
  snapshot: ({ snapshots }, id) => snapshots.seed.spaces.devices.find(id)?.identity.authentication.primaryKey,
  changes: ({ hub }, id) => {
    const rows = Array.from(hub.changes.space('devices').entries());
    const named = rows.map(({ value }) => JSON.parse(JSON.stringify(hub.changes.space('devices').toNamedJson(value))));
    return at(at(named.find(({ key }) => key === id)?.identity, 'authentication'), 'primaryKey');
  },
};
const steps = fc.array(
  fc.record({
    read: fc.constantFrom(...Object.keys(READERS)),
    id: fc.constantFrom(...IDS),
    next: fc.constantFrom('nothing', 'report', 'disable', 'reset', 'fork'),
  }),
  { maxLength: 20 },
);

test('a fork has the same keys, whatever reads them first and whatever else is written', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const hosted = await hosting();
      const keysOf = (name: string | undefined): Readonly<Record<string, string>> => {
        const derive = name === undefined ? deriveFrom(1) : deriveForFork(1, name);
        return { d1: derive('d1\nprimary\n0'), d2: derive('d2\nprimary\n0'), given: GIVEN };
      };
      let [name, hub]: [string | undefined, HostedHub] = [undefined, hosted.original];
      for (const { read, id, next } of [...all, ...IDS.map((id) => ({ read: 'registry', id, next: 'fork' }))]) {
        expect(READERS[read]?.(hub, id)).toBe(keysOf(name)[id]);
        if (next === 'report') hub.hub.twins.report(id, { seen: true });
        if (next === 'disable') hub.hub.registry.replace({ deviceId: id }, disabled(hub, id), '*');
        if (next === 'reset') hub.snapshots.reset();
        if (next === 'fork') ({ name, hostedHub: hub } = hosted.forks.add(undefined, hub));
      }
      await hosted.close();
    }),
    { numRuns: runs(100) },
  );
}, 120_000);
