import type { Duplex } from 'node:stream';
import type { AmqpApplication, Ending } from '../application.ts';
import type { FieldType } from '../codec/fields.ts';
import { AmqpError, SERVER_ERROR } from '../errors.ts';
import { beginFrame, endFrame, FRAME_TYPE, type Frame, FrameReader, writeFrame } from '../frames/frame.ts';
import type { Open } from '../frames/performatives.ts';
import * as performatives from '../frames/performatives.ts';
import { readFrame } from '../frames/read-frame.ts';
import type { Limits } from '../limits.ts';
import type { SessionHost } from '../session/session-host.ts';
import type { Flushable } from '../transport/outbox.ts';
import type { Output } from '../transport/output.ts';
import { Transport, type TransportOwner } from '../transport/transport.ts';
import { Usage } from '../usage.ts';
import { Channels } from './channels.ts';
import { ConnectionTimers, type TimerOwner } from './connection-timers.ts';
import type { EngineContext } from './engine-context.ts';
import { Negotiation, type Surroundings } from './negotiation.ts';
import { beforeOpen, type Demands, demandsOf, openOf } from './opening.ts';

/** Our end of a connection, part 2 §2.4. */
export class Connection implements SessionHost, TransportOwner, TimerOwner, Surroundings {
  readonly application: AmqpApplication;
  readonly limits: Limits;
  readonly reader = new FrameReader();
  readonly output: Output;
  peer: Demands;
  readonly usage: Usage;
  isAuthorized = false;
  readonly #transport: Transport;
  readonly #context: EngineContext;
  readonly #timers: ConnectionTimers;
  readonly #channels = new Channels(this);
  #phase: 'negotiating' | 'opening' | 'open' | 'over' = 'negotiating';
  #negotiation: Negotiation | undefined;

  constructor(stream: Duplex, application: AmqpApplication, context: EngineContext) {
    this.application = application;
    this.limits = context.limits;
    this.peer = beforeOpen(context.limits);
    this.usage = new Usage(context.limits);
    this.#context = context;
    this.#transport = new Transport(stream, context, this);
    this.output = this.#transport.output;
    this.#timers = new ConnectionTimers(context.clock, context.limits, this);
    this.#negotiation = new Negotiation(this);
  }

  arrived(chunk: Buffer): void {
    this.#timers.received();
    this.reader.push(chunk);
    this.resume();
  }

  /** Handles what has arrived, and sends all answers in one write. */
  resume(): void {
    this.output.isHeld = true;
    this.#attempt(() => {
      while (this.#step()) {}
    });
    this.output.isHeld = false;
    this.output.flush();
  }

  #attempt(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof AmqpError)) this.fault(error);
      this.#fail(error instanceof AmqpError ? error : SERVER_ERROR);
    }
  }

  fault(error: unknown): void {
    this.#context.fault(error);
  }

  /** Handles one header or frame; true if there may be another one. */
  #step(): boolean {
    if (this.#phase === 'over') return false;
    if (this.#negotiation !== undefined) return this.#negotiate(this.#negotiation);
    const { frameSize, frameSizeBeforeOpen } = this.limits;
    const frame = this.reader.frame(FRAME_TYPE.amqp, this.#phase === 'open' ? frameSize : frameSizeBeforeOpen);
    if (frame === undefined) return false;
    if (frame.start < frame.end) this.#handle(frame);
    return true;
  }

  #negotiate(negotiation: Negotiation): boolean {
    const step = negotiation.step();
    if (step === 'wait') return false;
    this.#timers.expect(this.limits.openMs);
    if (step === 'refused') this.#over({ by: 'engine', error: negotiation.refusal });
    else if (step === 'done') {
      this.#negotiation = undefined;
      this.#phase = 'opening';
    }
    return true;
  }

  #handle(frame: Frame): void {
    const { performative, payload } = readFrame(frame);
    if (this.#phase === 'opening' && performative.type !== 'open')
      throw new AmqpError('amqp:not-allowed', `${performative.type} before open`);
    switch (performative.type) {
      case 'open':
        this.#open(performative);
        break;
      case 'close':
        this.#write(performatives.close, {});
        this.#over({ by: 'peer', error: performative.error });
        break;
      default:
        this.#channels.handle(frame.channel, performative, payload);
    }
  }

  /** Part 2 §2.4.1. */
  #open(open: Open): void {
    if (this.#phase !== 'opening') throw new AmqpError('amqp:not-allowed', 'The connection is already open');
    this.#answerOpen();
    this.peer = demandsOf(open, this.limits);
    if (this.peer.heartbeatMs !== undefined) this.#timers.keepAlive(this.peer.heartbeatMs);
    this.#timers.expect(this.limits.authorizationMs);
    this.application.opened(this);
  }

  #answerOpen(): void {
    const { containerId, properties } = this.#context;
    this.#write(performatives.open, openOf({ containerId, properties, limits: this.limits }));
    this.#phase = 'open';
  }

  sessionOver({ channel }: { readonly channel: number }): void {
    this.#channels.free(channel);
  }

  authorize(): void {
    this.isAuthorized = true;
    this.#timers.expectNothing();
  }

  awaitFlush(session: Flushable): void {
    this.#channels.awaitFlush(session);
    this.output.request();
  }

  beforeFlush(): void {
    this.#channels.flush();
  }

  sent(): void {
    this.#timers.sent();
  }

  sendHeartbeat(): void {
    const encoder = this.output.encoder();
    endFrame(encoder, beginFrame(encoder, FRAME_TYPE.amqp, 0));
    this.output.flush();
  }

  startTimedOut(): void {
    const error = new AmqpError('amqp:unauthorized-access', 'No valid token was received in time');
    if (this.#phase === 'open') this.#fail(error);
    else this.#drop({ by: 'engine', error: new AmqpError('amqp:connection:forced', 'No open was received in time') });
  }

  idleTimedOut(): void {
    this.#fail(new AmqpError('amqp:resource-limit-exceeded', `Nothing was received for ${this.limits.idleMs} ms`));
  }

  stuck(): void {
    this.#drop({ by: 'engine', error: new AmqpError('amqp:resource-limit-exceeded', 'The peer does not read') });
  }

  resumeSending(): void {
    if (this.#phase === 'open') this.#attempt(() => this.#channels.resume());
  }

  close(error?: AmqpError): void {
    this.#closeWith({ by: 'application', error });
  }

  #fail(error: AmqpError): void {
    this.#closeWith({ by: 'engine', error });
  }

  /** Part 2 §2.4.3. An open is sent before a close, if there was none. */
  #closeWith(ending: Ending): void {
    if (this.#phase === 'opening') this.#answerOpen();
    if (this.#phase === 'open') this.#write(performatives.close, { error: ending.error });
    this.#over(ending);
  }

  #over(ending: Ending): void {
    if (this.#phase === 'over') return;
    this.#end(ending);
    this.#transport.finish(ending.by === 'engine');
  }

  destroy(): void {
    this.#drop({ by: 'application' });
  }

  mute(): void {
    this.#timers.stop();
    this.#transport.mute();
  }

  lost(): void {
    this.#drop({ by: 'network' });
  }

  gone(): void {
    this.#context.gone(this);
  }

  #drop(ending: Ending): void {
    this.#end(ending);
    this.#transport.destroy();
  }

  #end(ending: Ending): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#negotiation = undefined;
    this.#timers.stop();
    this.#channels.over(ending);
    try {
      this.application.closed(ending);
    } catch (error) {
      this.fault(error);
    }
  }

  #write<T>(kind: FieldType<T>, fields: T): void {
    writeFrame(this.output.encoder(), kind, { type: FRAME_TYPE.amqp, channel: 0, fields });
  }
}
