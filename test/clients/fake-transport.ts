import { EventEmitter } from 'node:events';
import type { DeviceMethodResponse } from '../../clients/device/method.ts';
import type { DeviceTransport, TwinDocument } from '../../clients/device/transport.ts';
import type { AuthenticationProvider } from '../../clients/shared/authentication-provider.ts';
import * as results from '../../clients/shared/results.ts';

/** A transport without a network: records its calls, and fails with the next of `failures`. */
export class FakeTransport extends EventEmitter implements DeviceTransport {
  readonly calls: string[] = [];
  readonly responses: { status: number; payload: unknown }[] = [];
  readonly failures: (Error | undefined)[] = [];
  readonly provider: AuthenticationProvider | undefined;
  twin: TwinDocument = { desired: {}, reported: {} };

  constructor(provider?: AuthenticationProvider) {
    super();
    this.provider = provider;
  }

  async connect() {
    this.#note('connect');
    this.emit('connected');
    return new results.Connected();
  }
  async disconnect() {
    this.#note('disconnect');
    return new results.Disconnected();
  }
  async setOptions(options: object) {
    this.#note(`setOptions ${JSON.stringify(options)}`);
  }
  async updateSharedAccessSignature(token: string) {
    this.#note(`token ${token}`);
    return new results.SharedAccessSignatureUpdated(false);
  }
  async sendEvent() {
    this.#note('sendEvent');
    return new results.MessageEnqueued();
  }
  async sendEventBatch() {
    this.#note('sendEventBatch');
    return new results.MessageEnqueued();
  }
  async complete() {
    return new results.MessageCompleted();
  }
  async reject() {
    return new results.MessageRejected();
  }
  async abandon() {
    return new results.MessageAbandoned();
  }
  async getTwin() {
    this.#note('getTwin');
    return this.twin;
  }
  async updateReported(patch: unknown) {
    this.#note(`reported ${JSON.stringify(patch)}`);
  }
  async sendMethodResponse({ status, payload }: DeviceMethodResponse) {
    this.responses.push({ status, payload });
  }
  async enable(feature: string) {
    this.#note(`enable ${feature}`);
  }
  async disable(feature: string) {
    this.#note(`disable ${feature}`);
  }

  #note(call: string): void {
    this.calls.push(call);
    const failure = this.failures.shift();
    if (failure) throw failure;
  }
}
