import type { TraceState } from '../../protocol/admin/trace.ts';
import { HubError } from '../../protocol/errors.ts';
import type { Hub } from '../hub/hub.ts';
import type { Log } from '../log.ts';
import type { Recording } from './record.ts';
import type { TraceMemory } from './trace-file.ts';

/** Loaded with the first trace. */
const loadRecording = async () => ({ ...(await import('./record.ts')), ...(await import('./trace-file.ts')) });

/** The trace of one hub: in a file from the start, or in memory from when somebody asks for it. */
export class HubTrace {
  readonly #hub: Hub;
  readonly #log: Log;
  #file: { readonly path: string; readonly recording: Recording } | undefined;
  #memory: Recording<TraceMemory> | undefined;

  constructor(hub: Hub, log: Log) {
    this.#hub = hub;
    this.#log = log;
  }

  /** Records into a file. */
  async startFile(path: string): Promise<void> {
    const { Recording, createTraceFile } = await loadRecording();
    const name = `The trace ${path}`;
    const sink = createTraceFile(path, (error) => {
      this.#log.error(`${name} cannot be written; the hub goes on without it`, error);
      recording.stop();
    });
    const recording = new Recording(this.#hub, sink, { name, log: this.#log });
    this.#file = { path, recording };
  }

  /** Records into memory; an earlier trace in memory is dropped. Throws GenericConflict, GenericRequestEntityTooLarge. */
  async start({ maxBytes }: { readonly maxBytes?: number }): Promise<TraceState> {
    const { Recording, createTraceMemory } = await loadRecording();
    const { state, file } = this.state();
    if (state === 'recording')
      throw new HubError('GenericConflict', 'The hub is recorded already.', {
        hint: `${file === null ? '' : `It is written to ${file}. `}POST /trace/stop ends it`,
      });
    const parts = { name: 'The trace in memory', log: this.#log, maxBytes };
    const recording = new Recording(this.#hub, createTraceMemory(), parts);
    this.#file = undefined;
    this.#memory = recording;
    return this.state();
  }

  /** Ends what is recorded; nothing happens if nothing is. */
  async stop(): Promise<TraceState> {
    await this.close();
    return this.state();
  }

  state(): TraceState {
    const recording = this.#file?.recording ?? this.#memory;
    if (recording === undefined) return { state: 'none', file: null, since: null, inputs: 0, bytes: 0, isFull: false };
    return {
      state: recording.isStopped ? 'ended' : 'recording',
      file: this.#file?.path ?? null,
      since: new Date(recording.since).toISOString(),
      inputs: recording.inputs,
      bytes: recording.bytes,
      isFull: recording.isFull,
    };
  }

  /** The trace in memory as a file. Throws GenericNotFound. */
  content(): Promise<Buffer> {
    if (this.#file !== undefined)
      throw new HubError('GenericNotFound', `The trace is not in memory: --record writes it to ${this.#file.path}.`);
    if (this.#memory === undefined)
      throw new HubError('GenericNotFound', 'There is no trace.', { hint: 'POST /trace starts one' });
    return this.#memory.sink.content();
  }

  /** Ends what is recorded. */
  async close(): Promise<void> {
    await this.#file?.recording.close();
    await this.#memory?.close();
  }
}
