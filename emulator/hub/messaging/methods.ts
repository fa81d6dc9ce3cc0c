import { HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Json } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { JsonText } from '../../kernel/json-text.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
import { isTooDeep, utf8Bytes } from '../envelope.ts';
import type { HubBus } from '../events.ts';
import type { FleetView } from '../fleet/fleet.ts';
import type { PresenceTracker } from '../fleet/presence.ts';
import type { Ids } from '../ids.ts';
import type { Usage } from '../tiers/usage.ts';
import { type MethodAnswer, type MethodRequest, readMethodRequest } from './method.ts';
import { timedOut, unusable } from './method-failures.ts';
import type { OpenCall } from './open-call.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

/** What became of a device's answer. */
export type ResponseOutcome = 'taken' | 'not-awaited' | 'not-json' | 'too-large';

/** How a call ended: the device's answer, or why there is none. */
export type MethodOutcome = MethodAnswer | HubError;

interface Call extends OpenCall {
  readonly reply: (outcome: MethodOutcome) => void;
}

/** Room: direct methods waiting for a device. */
export class Methods {
  readonly #fleet: FleetView;
  readonly #presence: PresenceTracker;
  readonly #sessions: Sessions;
  readonly #scheduler: Scheduler;
  readonly #events: HubBus;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #limits: Limits;
  readonly #usage: Usage;
  /** Reads the body of a call, whose payload is `payload` if its text is known. Throws ArgumentInvalid. */
  readonly read: (body: Json | undefined, payload?: JsonText) => MethodRequest;
  /** By identity, then by request id. */
  readonly #calls = new Map<IdentityKey, Map<string, Call>>();

  constructor(parts: {
    fleet: FleetView;
    presence: PresenceTracker;
    sessions: Sessions;
    scheduler: Scheduler;
    events: HubBus;
    clock: Clock;
    ids: Ids;
    limits: Limits;
    usage: Usage;
  }) {
    this.#fleet = parts.fleet;
    this.#presence = parts.presence;
    this.#sessions = parts.sessions;
    this.#scheduler = parts.scheduler;
    this.#events = parts.events;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#limits = parts.limits;
    this.#usage = parts.usage;
    this.read = readMethodRequest(parts.limits);
    this.#scheduler.on('method', (due) => this.#turn(due));
    this.#sessions.watch({
      listening: (key, capability) => capability === 'methods' && this.#retry(key),
      ended: (session) => this.#interrupt(session),
    });
  }

  /**
   * Calls a method of a device or module and waits for its answer. `payload`: the payload of the body, with its text.
   * Rejects with ArgumentInvalid, DeviceNotFound, ModuleNotFound, DeviceNotOnline, DeviceMaximumInflightMethodExceeded, GatewayTimeout,
   * DeviceConnectionClosedRemotely, InvalidResponseWhileProxying.
   * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-direct-methods
   */
  invoke(key: IdentityKey, body: Json | undefined, payload?: JsonText): Promise<MethodAnswer> {
    return new Promise((resolve, reject) => {
      const request = this.read(body, payload);
      this.call(key, request, (outcome) => (outcome instanceof HubError ? reject(outcome) : resolve(outcome)));
    });
  }

  /** As `invoke`, without a promise: throws at once if refused, else calls `reply` exactly once. `jobId`: of the job that calls. */
  call(key: IdentityKey, request: MethodRequest, reply: (outcome: MethodOutcome) => void, jobId?: string): void {
    this.#fleet.identify(key);
    if ((this.#calls.get(key)?.size ?? 0) >= this.#limits.methodsInFlight)
      throw new HubError(
        'DeviceMaximumInflightMethodExceeded',
        `Device ${key} has ${this.#limits.methodsInFlight} direct methods in flight already.`,
      );
    this.#usage.count('methods', utf8Bytes(request.payload.text));
    if (request.connectTimeoutInSeconds === 0) this.#getListener(key);
    const call = {
      requestId: this.#ids.requestId(),
      key,
      request,
      startedAt: this.#clock.elapsed(),
      session: undefined,
      reply,
      ...(jobId === undefined ? {} : { jobId }),
    };
    const session = this.#sessions.find(key, 'methods');
    if (session === undefined) this.#wait(call, call.startedAt + request.connectTimeoutInSeconds * 1000);
    else this.#deliver(call, session);
  }

  /**
   * The answer of the device `key` to the call `requestId`. Nothing happens if the call has ended already.
   * `payload` undefined: the answer is not JSON. Returns why the caller of the method does not get it, or `taken`.
   */
  respond(
    key: IdentityKey,
    requestId: string,
    answer: { status: number; payload: JsonText | undefined },
  ): ResponseOutcome {
    this.#presence.touch(key);
    const call = this.#calls.get(key)?.get(requestId);
    if (call?.session === undefined) return 'not-awaited';
    const { status, payload } = answer;
    if (payload === undefined) {
      this.#finish(call, unusable('The response of the device is not JSON.'));
      return 'not-json';
    }
    if (isTooDeep(payload.value) || utf8Bytes(payload.text) > this.#limits.methodPayloadBytes) {
      this.#finish(call, unusable(`The response of the device exceeds ${this.#limits.methodPayloadBytes} bytes.`));
      return 'too-large';
    }
    this.#finish(call, { status, payload });
    return 'taken';
  }

  /** Ends a call with an error in place of the device's answer. */
  fail(key: IdentityKey, requestId: string, error: HubError): void {
    const call = this.#calls.get(key)?.get(requestId);
    if (call !== undefined) this.#finish(call, error);
  }

  /** The calls that wait. */
  open(): readonly OpenCall[] {
    return Array.from(this.#calls.values(), (calls) => [...calls.values()]).flat();
  }

  /** Takes over a call whose timer was loaded already. */
  adopt(call: OpenCall, reply: (outcome: MethodOutcome) => void = () => {}): void {
    this.#keep({ ...call, reply });
  }

  /** Ends all calls without an answer. */
  abandon(): void {
    for (const calls of [...this.#calls.values()])
      for (const call of [...calls.values()])
        this.#finish(call, new HubError('ServiceUnavailable', 'The hub no longer waits for the device.'));
  }

  /** Throws DeviceNotOnline, an answer that is charged too. */
  #getListener(key: IdentityKey): Session {
    if (this.#sessions.find(key, 'methods') === undefined) this.#usage.charge('methods', 0);
    return this.#sessions.get(key, 'methods');
  }

  #deliver(call: Call, session: Session): void {
    const { requestId, key, request } = call;
    this.#wait({ ...call, session }, call.startedAt + request.responseTimeoutInSeconds * 1000);
    this.#events.publish({
      type: 'method.called',
      key,
      requestId,
      methodName: request.methodName,
      payload: request.payload.value,
    });
    session.deliver({ type: 'method', requestId, methodName: request.methodName, payload: request.payload });
  }

  #wait(call: Call, until: number): void {
    this.#keep(call);
    const at = this.#clock.now() + until - this.#clock.elapsed();
    this.#scheduler.put({ at, kind: 'method', key: dueOf(call) });
  }

  #keep(call: Call): void {
    const calls = this.#calls.get(call.key) ?? new Map<string, Call>();
    this.#calls.set(call.key, calls.set(call.requestId, call));
  }

  /** In a turn of its own: the connection that was just opened is not confirmed yet. */
  #retry(key: IdentityKey): void {
    const now = this.#clock.now();
    for (const call of this.#calls.get(key)?.values() ?? [])
      if (call.session === undefined) this.#scheduler.put({ at: now, kind: 'method', key: dueOf(call) });
  }

  /** A call has timed out, or its device may have connected. */
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
    else if (this.#clock.elapsed() >= connectBy)
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
    this.#scheduler.remove('method', dueOf(call));
    this.#usage.charge('methods', outcome instanceof HubError ? 0 : utf8Bytes(outcome.payload.text));
    this.#events.publish(
      outcome instanceof HubError
        ? { type: 'method.failed', key, requestId, code: outcome.code }
        : { type: 'method.answered', key, requestId, status: outcome.status, payload: outcome.payload.value },
    );
    call.reply(outcome);
  }
}

const dueOf = ({ requestId, key }: Call): string => `${requestId} ${key}`;
