import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Hub } from '../../emulator/hub/hub.ts';
import type { Json } from '../../protocol/json.ts';
import { isObject } from '../../protocol/json.ts';
import { rowsOfPresent } from '../support/hub/mirror.ts';
import { runs } from '../support/runs.ts';
import { type Carried, deviceEnd, type Protocol, type Settling } from '../support/wire/device-ends.ts';
import { openHubOfAll } from '../support/wire/hub-of-all.ts';
import { type Sent, serviceEnd } from '../support/wire/service-ends.ts';
import { patch } from './arbitrary.ts';

type Step =
  | { readonly type: 'telemetry'; readonly message: Carried }
  | { readonly type: 'send'; readonly sent: Sent }
  | { readonly type: 'take all' }
  | { readonly type: 'settle'; readonly how: Settling }
  | { readonly type: 'report'; readonly values: unknown }
  | { readonly type: 'read feedback' }
  | { readonly type: 'wait'; readonly seconds: number };

const text = fc
  .string({ unit: fc.constantFrom(...'abz 09_-.~!*()/&=?%#+:"\'$'), maxLength: 8 })
  .map((one) => one.trim());
const maybe = fc.option(text.filter(Boolean), { nil: undefined });
// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-construct; HTTP does not tell capitals in names apart
const name = fc.string({ unit: fc.constantFrom(..."aZ0!#$%&'*+-.^_`|~"), minLength: 1, maxLength: 5 });
const properties = fc.uniqueArray(fc.tuple(name, text), { maxLength: 3, selector: ([one]) => one.toLowerCase() });

const message: fc.Arbitrary<Carried> = fc.record({
  // now and then more than a message to a device may have
  text: fc.oneof({ weight: 9, arbitrary: fc.string() }, fc.constant('x'.repeat(65_600))),
  messageId: maybe,
  correlationId: maybe,
  userId: maybe,
  contentType: fc.constantFrom(undefined, 'application/json', 'text/plain;charset=utf-8'),
  contentEncoding: fc.constantFrom(undefined, 'utf-8'),
  properties: properties.map((pairs) => Object.fromEntries(pairs)),
});
const sent: fc.Arbitrary<Sent> = fc.record({
  message,
  ack: fc.constantFrom('none', 'positive', 'negative', 'full'),
  expires: fc.constantFrom(undefined, 0, 30, 90),
  to: fc.constantFrom('d1', 'd1', 'd1', 'd1', 'absent'),
});

const COMMON: readonly fc.Arbitrary<Step>[] = [
  fc.record({ type: fc.constant('telemetry' as const), message }),
  fc.record({ type: fc.constant('send' as const), sent }),
  fc.constant({ type: 'take all' as const }),
  fc.constant({ type: 'read feedback' as const }),
  fc.record({ type: fc.constant('wait' as const), seconds: fc.constantFrom(10, 60, 3600) }),
];
const SETTLE: fc.Arbitrary<Step> = fc.record({
  type: fc.constant('settle' as const),
  how: fc.constantFrom<Settling>('complete', 'reject', 'abandon'),
});
const REPORT: fc.Arbitrary<Step> = fc.record({ type: fc.constant('report' as const), values: patch });

const openEnds = async (protocol: Protocol) => {
  const world = await openHubOfAll();
  const [device, service] = [await deviceEnd(world, protocol), await serviceEnd(world, protocol)];
  return { world, device, service };
};

/** Does a step; returns what is seen of it. */
const act = async ({ world, device, service }: Awaited<ReturnType<typeof openEnds>>, one: Step): Promise<unknown> => {
  switch (one.type) {
    case 'telemetry':
      return device.send(one.message);
    case 'send':
      return service.send(one.sent);
    case 'take all':
      return device.takeAll();
    case 'settle':
      return device.settleNext(one.how);
    case 'report':
      return device.report(one.values);
    case 'read feedback':
      return service.feedback();
    case 'wait':
      return void world.clock.advance(one.seconds * 1000);
    default:
      return one satisfies never;
  }
};

/** Rows that only some protocols have: ids in answers, and operations that the service counts for one protocol. */
const OF_PROTOCOLS: readonly unknown[] = ['tracking', 'httpReceives'];

/** What a hub is, except the connections of the device and `OF_PROTOCOLS`. */
const stateOf = (hub: Hub): Json =>
  JSON.parse(JSON.stringify(rowsOfPresent(hub)), (key, value) => {
    if (key === 'presence') return undefined;
    return Array.isArray(value) ? value.filter((row) => !OF_PROTOCOLS.includes(isObject(row) && row.key)) : value;
  });

type Plant = (hub: Hub, protocol: Protocol) => void;

const agreement = (protocols: readonly Protocol[], steps: fc.Arbitrary<Step>, plant: Plant = () => {}) => {
  const outcome = async (protocol: Protocol, sequence: readonly Step[]) => {
    const ends = await openEnds(protocol);
    await using world = ends.world;
    plant(world.hub, protocol);
    const seen: unknown[] = [];
    for (const one of sequence) seen.push(await act(ends, one));
    await ends.device.close();
    return { seen, state: stateOf(world.hub) };
  };
  return fc.asyncProperty(fc.array(steps, { maxLength: 12, size: 'max' }), async (sequence) => {
    const [first, ...others] = await Promise.all(protocols.map((protocol) => outcome(protocol, sequence)));
    for (const other of others) expect(other).toEqual(first);
  });
};

const ALL: readonly Protocol[] = ['AMQP', 'MQTT', 'HTTPS'];

test.each<[string, readonly Protocol[], readonly fc.Arbitrary<Step>[]]>([
  ['messages both ways and their feedback', ALL, COMMON],
  ['messages that are completed, rejected and abandoned', ['AMQP', 'HTTPS'], [...COMMON, SETTLE, SETTLE]],
  ['messages and reported properties', ['AMQP', 'MQTT'], [...COMMON, REPORT, REPORT]],
])(
  '%s leave the same hub over %j',
  async (_, protocols, steps) => {
    await fc.assert(agreement(protocols, fc.oneof(...steps)), { numRuns: runs(100) });
  },
  120_000,
);

test.each<[string, Plant]>([
  [
    'MQTT loses the user id of telemetry',
    ({ telemetry }, protocol) => {
      const receive = telemetry.receive.bind(telemetry);
      telemetry.receive = (key, { system: { userId, ...system }, ...rest }) =>
        receive(key, { ...rest, system: protocol === 'MQTT' || userId === undefined ? system : { ...system, userId } });
    },
  ],
  [
    'HTTPS completes what is rejected',
    ({ inbox }, protocol) => {
      if (protocol === 'HTTPS') inbox.reject = inbox.complete.bind(inbox);
    },
  ],
  [
    'AMQP does not count what is abandoned',
    ({ inbox }, protocol) => {
      if (protocol === 'AMQP') inbox.abandon = inbox.release.bind(inbox);
    },
  ],
  [
    'HTTPS changes the case of names',
    ({ inbox }, protocol) => {
      const send = inbox.send.bind(inbox);
      inbox.send = ({ properties: named, ...rest }) => {
        const lower = Object.entries(named).map(([one, value]) => [one.toLowerCase(), value]);
        return send({ ...rest, properties: protocol === 'HTTPS' ? Object.fromEntries(lower) : named });
      };
    },
  ],
])(
  'the law notices that %s',
  async (mistake, plant) => {
    const protocols: readonly Protocol[] = mistake.startsWith('MQTT') ? ALL : ['AMQP', 'HTTPS'];
    const steps = fc.oneof(...COMMON, ...(protocols === ALL ? [] : [SETTLE, SETTLE]));
    const { failed } = await fc.check(agreement(protocols, steps, plant), { numRuns: 200, endOnFailure: true });
    expect(failed).toBe(true);
  },
  120_000,
);
