import { jsonBytes, readEnvelope } from '../../protocol/envelope.ts';
import { HubError } from '../../protocol/errors.ts';
import type { IdentityKey } from '../../protocol/identity-key.ts';
import type { Json } from '../../protocol/json.ts';
import type { Limits } from '../../protocol/limits.ts';
import { type MethodAnswer, type MethodRequest, methodRequest } from '../../protocol/method.ts';
import type { Agenda } from './agenda.ts';
import { type Clock, timestamp } from './clock.ts';
import type { Bus } from './events.ts';
import type { Fleet } from './fleet.ts';
import type { Ids } from './ids.ts';
import { active, type Session, type Sessions } from './sessions.ts';

/** How a call ended: the device's answer, or why there is none. */
export type MethodOutcome = MethodAnswer | HubError;

interface Call {
  readonly requestId: string;
  readonly key: IdentityKey;
  readonly request: MethodRequest;
  /** Milliseconds since 1970 on the hub's clock. */
  readonly startedAt: number;
  /** The connection that was asked, undefined while the device is awaited. */
  readonly session: Session | undefined;
  readonly reply: (outcome: MethodOutcome) => void;
}

/** Room: direct methods waiting for a device. */
export class Methods {
  readonly #fleet: Fleet;
  readonly #sessions: Sessions;
  readonly #agenda: Agenda;
  readonly #events: Bus;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #limits: Limits;
  readonly #schema: ReturnType<typeof methodRequest>;
  /** By identity, then by request id. */
  readonly #calls = new Map<IdentityKey, Map<string, Call>>();

  constructor(parts: {
    fleet: Fleet;
    sessions: Sessions;
    agenda: Agenda;
    events: Bus;
    clock: Clock;
    ids: Ids;
    limits: Limits;
  }) {
    this.#fleet = parts.fleet;
    this.#sessions = parts.sessions;
    this.#agenda = parts.agenda;
    this.#events = parts.events;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#limits = parts.limits;
    this.#schema = methodRequest(parts.limits);
    this.#agenda.on('method', (due) => this.#turn(due));
    this.#sessions.watch({
      listening: (key, feature) => feature === 'methods' && this.#awake(key),
      ended: (session) => this.#interrupt(session),
    });
  }

  /**
   * Calls a method of a device or module and waits for its answer.
   * Rejects with ArgumentInvalid, DeviceNotFound, DeviceNotOnline, DeviceMaximumInflightMethodExceeded, GatewayTimeout,
   * DeviceConnectionClosedRemotely, InvalidResponseWhileProxying.
   * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-direct-methods
   */
  invoke(key: IdentityKey, body: Json | undefined): Promise<MethodAnswer> {
    return new Promise((resolve, reject) => {
      this.call(key, this.read(body), (outcome) => (outcome instanceof HubError ? reject(outcome) : resolve(outcome)));
    });
  }

  /** Reads the body of a call. Throws ArgumentInvalid. */
  read(body: Json | undefined): MethodRequest {
    return readEnvelope(this.#schema, body);
  }

  /** As `invoke`, without a promise: throws what is refused at once, later tells `reply` exactly once. */
  call(key: IdentityKey, request: MethodRequest, reply: (outcome: MethodOutcome) => void): void {
    this.#fleet.get(key);
    if ((this.#calls.get(key)?.size ?? 0) >= this.#limits.methodsInFlight)
      throw new HubError(
        'DeviceMaximumInflightMethodExceeded',
        `Device ${key} has ${this.#limits.methodsInFlight} direct methods in flight already.`,
      );
    if (request.connectTimeoutInSeconds === 0) this.#sessions.get(key, 'methods');
    const call = {
      requestId: this.#ids.requestId(),
      key,
      request,
      startedAt: this.#clock.now(),
      session: undefined,
      reply,
    };
    const session = this.#sessions.find(key, 'methods');
    if (session === undefined) this.#wait(call, call.startedAt + request.connectTimeoutInSeconds * 1000);
    else this.#deliver(call, session);
  }

  /**
   * The answer of the device `key` to the call `requestId`; nothing happens if nobody waits for it any more.
   * `payload` undefined: what came was no JSON.
   */
  respond(key: IdentityKey, requestId: string, answer: { status: number; payload: Json | undefined }): void {
    const member = this.#fleet.find(key);
    if (member !== undefined) this.#fleet.set(active(member, timestamp(this.#clock.now())));
    const call = this.#calls.get(key)?.get(requestId);
    if (call?.session === undefined) return;
    const { status, payload } = answer;
    if (payload === undefined) this.#finish(call, unusable('The response of the device is not JSON.'));
    else if (jsonBytes(payload) > this.#limits.methodPayloadBytes)
      this.#finish(call, unusable(`The response of the device exceeds ${this.#limits.methodPayloadBytes} bytes.`));
    else this.#finish(call, { status, payload });
  }

  /** Ends a call whose device has been told, as if something between had failed. */
  fail(key: IdentityKey, requestId: string, error: HubError): void {
    const call = this.#calls.get(key)?.get(requestId);
    if (call !== undefined) this.#finish(call, error);
  }

  /** Ends all calls without an answer. */
  abandon(): void {
    for (const calls of [...this.#calls.values()])
      for (const call of [...calls.values()])
        this.#finish(call, new HubError('ServiceUnavailable', 'The hub no longer waits for the device.'));
  }

  #deliver(call: Call, session: Session): void {
    const { requestId, key, request } = call;
    this.#wait({ ...call, session }, call.startedAt + request.responseTimeoutInSeconds * 1000);
    this.#events.publish({
      type: 'method.called',
      key,
      requestId,
      methodName: request.methodName,
      payload: request.payload,
    });
    session.deliver({ type: 'method', requestId, methodName: request.methodName, payload: request.payload });
  }

  #wait(call: Call, until: number): void {
    const calls = this.#calls.get(call.key) ?? new Map<string, Call>();
    this.#calls.set(call.key, calls.set(call.requestId, call));
    this.#agenda.put({ at: until, kind: 'method', key: dueOf(call) });
  }

  /** Not at once: the connection that has just been opened has not been told so yet. */
  #awake(key: IdentityKey): void {
    const now = this.#clock.now();
    for (const call of this.#calls.get(key)?.values() ?? [])
      if (call.session === undefined) this.#agenda.put({ at: now, kind: 'method', key: dueOf(call) });
  }

  /** A call whose time is up, or whose device may have come. */
  #turn(due: string): void {
    const space = due.indexOf(' ');
    const call = this.#calls.get(due.slice(space + 1))?.get(due.slice(0, space));
    if (call === undefined) return;
    const { request, startedAt } = call;
    if (call.session !== undefined) {
      this.#finish(call, timedOut('GatewayTimeout', request.responseTimeoutInSeconds));
      return;
    }
    const connectBy = startedAt + request.connectTimeoutInSeconds * 1000;
    const session = this.#sessions.find(call.key, 'methods');
    if (session !== undefined) this.#deliver(call, session);
    else if (this.#clock.now() >= connectBy)
      this.#finish(call, timedOut('DeviceNotOnline', request.connectTimeoutInSeconds));
    else this.#wait(call, connectBy);
  }

  #interrupt(session: Session): void {
    for (const call of [...(this.#calls.get(session.key)?.values() ?? [])])
      if (call.session === session)
        this.#finish(
          call,
          new HubError('DeviceConnectionClosedRemotely', 'The device closed its connection before it answered.'),
        );
  }

  #finish(call: Call, outcome: MethodOutcome): void {
    const { key, requestId } = call;
    const calls = this.#calls.get(key);
    calls?.delete(requestId);
    if (calls?.size === 0) this.#calls.delete(key);
    this.#agenda.remove('method', dueOf(call));
    this.#events.publish(
      outcome instanceof HubError
        ? { type: 'method.failed', key, requestId, code: outcome.code }
        : { type: 'method.answered', key, requestId, status: outcome.status, payload: outcome.payload },
    );
    call.reply(outcome);
  }
}

const dueOf = ({ requestId, key }: Call): string => `${requestId} ${key}`;

const TIMEOUT_TEXTS = {
  GatewayTimeout: 'Timed out waiting for the response from device.',
  DeviceNotOnline: 'Timed out waiting for device to connect.',
} as const;

const timedOut = (code: keyof typeof TIMEOUT_TEXTS, seconds: number): HubError =>
  new HubError(code, TIMEOUT_TEXTS[code], { info: { timeout: timeSpan(seconds) } });

/** .NET's `hh:mm:ss`, for up to an hour. */
const timeSpan = (seconds: number): string =>
  `00:${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;

const unusable = (message: string): HubError => new HubError('InvalidResponseWhileProxying', message);
