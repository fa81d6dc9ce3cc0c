import type { Hub } from '../hub/hub.ts';
import { Recorder } from '../hub/trace/recorder.ts';
import type { Log } from '../log.ts';
import { version } from '../version.ts';
import { createTraceFile } from './trace-file.ts';

/** Bytes of lines, before they are compressed. */
export const MAX_TRACE_BYTES = 256 * 1024 ** 2;

/** A hub that is being recorded. */
export interface Recording {
  /** Writes the end. The hub goes on. */
  close(): Promise<void>;
}

/** Records a hub into a file until it is closed, or until the file is as large as a trace may be. */
export const recordTo = (
  file: string,
  hub: Hub,
  { log, maxBytes = MAX_TRACE_BYTES }: { log: Log; maxBytes?: number },
): Recording => {
  const trace = createTraceFile(file, (error) => {
    log.error(`The trace ${file} cannot be written; the hub goes on without it`, error);
    stop();
  });
  let bytes = 0;
  let isStopped = false;
  const recorder = new Recorder(hub, {
    by: version(),
    options: hub.settings,
    write: (line) => {
      bytes += line.length;
      trace.write(line);
      if (bytes > maxBytes && !isStopped) queueMicrotask(full);
    },
  });
  const stop = (): void => {
    if (isStopped) return;
    isStopped = true;
    recorder.stop();
  };
  const full = (): void => {
    if (isStopped) return;
    log.warn(`The trace ${file} is full: what the hub gets from now on is not recorded`, { bytes });
    stop();
  };
  return {
    close: async () => {
      stop();
      await trace.close().catch(() => {}); // it has been told
    },
  };
};
