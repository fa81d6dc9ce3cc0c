import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { TrafficEntry } from '../../../protocol/traffic.ts';
import type { HubBus, Published } from '../../hub/events.ts';
import { type Excerpt, excerptOf, textOf } from './excerpt.ts';
import type { Exchange, Traffic } from './traffic.ts';

type Event<T extends Published['type']> = Extract<Published, { readonly type: T }>;
type MethodEnd = Event<'method.answered' | 'method.failed'>;

/** Keeps what only events of the hub tell: calls of methods with their answers, ends of connections, and faults. */
export const recordEvents = (events: HubBus, traffic: Traffic): void => {
  const protocols = new Map<IdentityKey, string>();
  /** The AMQP server tells no requests: of those that it accepts there are events. */
  const amqp = new Set<IdentityKey>();
  const calls = new Map<string, Event<'method.called'>>();
  events.listen((event) => {
    switch (event.type) {
      case 'session.opened':
        protocols.set(event.key, event.protocol);
        if (event.protocol.startsWith('amqp')) {
          amqp.add(event.key);
          traffic.record(connected(event));
        } else amqp.delete(event.key);
        break;
      case 'telemetry':
        if (amqp.has(event.key)) traffic.record(sent(event));
        break;
      case 'twin.reported':
        if (amqp.has(event.key)) traffic.record(reported(event));
        break;
      case 'session.closed':
        traffic.record(ended(event, protocols.get(event.key)));
        protocols.delete(event.key);
        amqp.delete(event.key);
        break;
      case 'method.called':
        calls.set(event.requestId, event);
        break;
      case 'method.answered':
      case 'method.failed': {
        const call = calls.get(event.requestId);
        calls.delete(event.requestId);
        if (call !== undefined) traffic.record(called(call, event, protocols.get(event.key)));
        break;
      }
      case 'refused':
        if (ONLY_EVENTS.has(event.what) || event.code === 'protocol-violation')
          traffic.record(refused(event, protocols));
        break;
      case 'fault.injected':
        traffic.record(injected(event, protocols.get(event.key)));
        break;
      default:
    }
  });
};

/** About what an entry takes besides bodies. */
const OVERHEAD = 500;
const SHOWN_IN_LINE = 200;

type Line = Omit<ReturnType<Exchange['summary']>, 'body' | 'role'>;

/** Something with a line for each side, and perhaps bodies. */
class PlainExchange implements Exchange {
  readonly #line: Line;
  readonly #asked: Excerpt | undefined;
  readonly #answered: Excerpt | undefined;

  constructor(line: Line, asked?: string | Uint8Array, answered?: string) {
    this.#line = line;
    this.#asked = asked === undefined ? undefined : excerptOf(asked);
    this.#answered = answered === undefined ? undefined : excerptOf(answered);
  }

  get outcome(): TrafficEntry['outcome'] {
    return this.#line.outcome;
  }

  get bytes(): number {
    return OVERHEAD + (this.#asked?.kept.length ?? 0) + (this.#answered?.kept.length ?? 0);
  }

  summary(): ReturnType<Exchange['summary']> {
    const body = this.#asked && textOf(this.#asked).slice(0, SHOWN_IN_LINE);
    const role = this.#line.who.includes('/') ? 'module' : 'device';
    return { ...this.#line, role, ...(body === undefined ? {} : { body }) };
  }

  sides(): ReturnType<Exchange['sides']> {
    const { asked, answered } = this.#line;
    return { request: side(asked, this.#asked), answer: side(answered, this.#answered) };
  }
}

const side = (line: string, body: Excerpt | undefined) => ({
  line,
  fields: [],
  ...(body === undefined ? {} : { body: textOf(body) }),
});

const named = (protocol: string | undefined): string => protocol?.toUpperCase() ?? '';

const called = (
  { key, methodName, payload, at }: Event<'method.called'>,
  end: MethodEnd,
  protocol: string | undefined,
): Exchange => {
  const line = {
    who: key,
    protocol: named(protocol),
    operation: 'method',
    asked: `method ${methodName}`,
    ms: end.at - at,
  };
  return end.type === 'method.answered'
    ? new PlainExchange(
        { ...line, answered: `→ ${end.status}`, status: end.status, outcome: 'ok' },
        JSON.stringify(payload),
        JSON.stringify(end.payload),
      )
    : new PlainExchange({ ...line, answered: 'no answer', outcome: 'refused', why: end.code }, JSON.stringify(payload));
};

const connected = ({ key, protocol }: Event<'session.opened'>): Exchange =>
  new PlainExchange({
    who: key,
    protocol: named(protocol),
    operation: 'connect',
    asked: 'connect',
    answered: 'accepted',
    outcome: 'ok',
  });

const sent = ({ key, message }: Event<'telemetry'>): Exchange =>
  new PlainExchange(
    { who: key, protocol: 'AMQP', operation: 'telemetry', asked: 'telemetry', answered: 'accepted', outcome: 'ok' },
    message.body,
  );

const reported = ({ key, patch }: Event<'twin.reported'>): Exchange =>
  new PlainExchange(
    { who: key, protocol: 'AMQP', operation: 'twin.report', asked: 'PATCH reported', answered: '200', outcome: 'ok' },
    JSON.stringify(patch),
  );

const ended = ({ key, reason }: Event<'session.closed'>, protocol: string | undefined): Exchange =>
  new PlainExchange({
    who: key,
    protocol: named(protocol),
    operation: 'disconnect',
    asked: 'connection',
    answered: 'ended',
    outcome: 'ok',
    why: REASONS[reason],
  });

const REASONS: Readonly<Record<Event<'session.closed'>['reason'], string>> = {
  client: 'the client has disconnected',
  lost: 'the connection was lost: the client left without a word, or its keep-alive time has passed',
  replaced: 'the same device has connected again',
  deleted: 'the identity was deleted',
  disabled: 'the identity was disabled',
  expired: 'the token has expired',
  requested: 'it was asked for: by an operator, or by a fault',
  protocol: 'the client has sent what the protocol forbids',
  shutdown: 'the emulator stops',
};

/** What servers do not tell as a request with its answer. */
const ONLY_EVENTS: ReadonlySet<string> = new Set(['handshake', 'method answer']);

const refused = (
  { key, subject, what, cause, remedy }: Event<'refused'>,
  protocols: ReadonlyMap<IdentityKey, string>,
): Exchange =>
  new PlainExchange({
    who: key ?? subject ?? '',
    protocol: what === 'handshake' ? 'TLS' : named(protocols.get(key ?? '')),
    operation: what === 'handshake' ? 'handshake' : 'connect',
    asked: what,
    answered: 'refused',
    outcome: 'refused',
    why: cause,
    remedy,
  });

const injected = ({ key, rule, operation, effect }: Event<'fault.injected'>, protocol: string | undefined): Exchange =>
  new PlainExchange({
    who: key,
    protocol: named(protocol),
    operation,
    asked: operation,
    answered: effect.type,
    outcome: 'fault',
    why: `the fault ${rule} was injected`,
    remedy: `remove the rule to end this: iothub-emulator faults remove ${rule}`,
  });
