import { Readable } from 'node:stream';
import { HubError } from '../../../../protocol/errors.ts';
import type { IdentityKey } from '../../../../protocol/identity-key.ts';
import type { Hub } from '../../../hub/hub.ts';
import type { CloseReason, Downlink, Session } from '../../../hub/messaging/session.ts';
import { jsonTextOf } from '../../../kernel/json-text.ts';
import { bytesOfBody, plainBody } from '../../../plain-body.ts';
import { type AdminRoute, adminRoute, Reply } from '../route.ts';
import { serverSent } from '../server-sent.ts';

/** Devices for those who have none: each is connected as long as somebody reads its stream. */
export const simulated = (hub: Hub): readonly AdminRoute[] => {
  const asDevice = <T>(key: IdentityKey, act: () => T): T => {
    if (!(hub.sessions.find(key) instanceof SimulatedSession))
      throw new HubError('DeviceNotOnline', `Device ${key} is not simulated here.`, {
        hint: 'read GET /simulated/{deviceId} first, and go on reading',
      });
    return hub.actors.as({ kind: 'device', id: key }, act);
  };
  return [
    adminRoute('GET /templates', () => hub.deviceTemplates.list()),
    adminRoute('PUT /templates/:name', ({ params, body }) => hub.deviceTemplates.save(params.name, body)),
    adminRoute('DELETE /templates/:name', ({ params }) => hub.deviceTemplates.delete(params.name)),
    adminRoute('GET /simulated/:deviceId', ({ params: { deviceId } }) => {
      const session = new SimulatedSession(hub, deviceId);
      return new Reply({ status: 200, body: { type: 'text/event-stream', content: session.stream } });
    }),
    adminRoute('POST /simulated/:deviceId/telemetry', ({ params: { deviceId }, body: { body, properties } }) =>
      asDevice(deviceId, () =>
        hub.telemetry.receive(deviceId, { body: bytesOfBody(body), properties, system: JSON_MESSAGE }),
      ),
    ),
    adminRoute('POST /simulated/:deviceId/report', ({ params: { deviceId }, body: { patch } }) => {
      asDevice(deviceId, () => hub.twins.report(deviceId, patch));
    }),
    adminRoute('POST /simulated/:deviceId/answer', ({ params: { deviceId }, body: { requestId, status, payload } }) => {
      asDevice(deviceId, () =>
        hub.methods.respond(deviceId, requestId, { status, payload: jsonTextOf(payload ?? null) }),
      );
    }),
  ];
};

/** Bytes that wait for a client that reads slowly. */
const MOST_WAITING = 1024 * 1024;

const JSON_MESSAGE = { contentType: 'application/json', contentEncoding: 'utf-8' };

/** A device that listens to everything, and tells it as server-sent events. */
class SimulatedSession implements Session {
  readonly key: IdentityKey;
  readonly protocol = 'browser';
  readonly stream = new Readable({ read: () => {} });
  readonly #hub: Hub;

  /** Throws DeviceNotFound, and IotHubUnauthorizedAccess for a device that is disabled. */
  constructor(hub: Hub, key: IdentityKey) {
    this.#hub = hub;
    this.key = key;
    if (hub.fleet.get(key).identity.status === 'disabled')
      throw new HubError('IotHubUnauthorizedAccess', `Device ${key} is disabled.`);
    this.#push('connected', {});
    hub.sessions.open(this, { resume: false });
    for (const capability of ['desired', 'methods', 'c2d'] as const) hub.sessions.subscribe(this, capability);
    this.stream.once('close', () => hub.sessions.close(this, 'client'));
  }

  deliver(message: Downlink): void {
    switch (message.type) {
      case 'desired':
        this.#push('desired', { patch: message.patch, version: message.version });
        break;
      case 'method':
        this.#push('method', {
          requestId: message.requestId,
          methodName: message.methodName,
          payload: message.payload.value,
        });
        break;
      case 'c2d':
        this.#push('message', { body: plainBody(message.message.body), properties: message.message.properties });
        this.#hub.inbox.complete(this.key, message.lockToken);
        break;
      case 'input':
        break; // only modules have inputs
      default:
        message satisfies never;
    }
  }

  close(reason: CloseReason): void {
    this.#push('end', { why: REASONS[reason] ?? reason });
    this.stream.push(null);
  }

  /** A reader that does not keep up is disconnected. */
  #push(type: string, data: object): void {
    if (this.stream.destroyed) return;
    this.stream.push(serverSent(type, data));
    if (this.stream.readableLength > MOST_WAITING) this.stream.destroy();
  }
}

const REASONS: Readonly<Partial<Record<CloseReason, string>>> = {
  replaced: 'another client connected as this device',
  deleted: 'the device was deleted',
  disabled: 'the device was disabled',
  expired: 'its token was made to expire',
  requested: 'it was disconnected on request',
};
