import fc from 'fast-check';
import { expect, test } from 'vitest';
import { POLICY_NAMES } from '../../emulator/auth/policies.ts';
import { hostHubs } from '../../emulator/hosting/host-hubs.ts';
import type { HostedHub } from '../../emulator/hosting/hosted-hub.ts';
import { VirtualClock } from '../../emulator/kernel/clock.ts';
import { silentLog } from '../../emulator/log.ts';
import { parseOptions } from '../../emulator/options.ts';
import { HubError } from '../../protocol/errors.ts';
import { type IdentityKey, resourceOf } from '../../protocol/identity-key.ts';
import { signSas } from '../../protocol/sas.ts';
import { runs } from '../support/runs.ts';

const GIVEN = 'Z2l2ZW4ta2V5LW9mLTE2LWJ5dGVz';
const DEVICES = ['d1', 'd2', { id: 'given', primaryKey: GIVEN, secondaryKey: GIVEN }];
const IDS = ['d1', 'd2', 'given'];

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
  { original, forks }: Awaited<ReturnType<typeof hostHubs>>,
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
      const options = parseOptions({ devices: DEVICES });
      const hosted = await hostHubs(options, {
        clock: new VirtualClock(),
        log: silentLog,
        narration: undefined,
        ca: async () => undefined,
      });
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
