import type { Duplex } from 'node:stream';
import type { HubError } from '../../protocol/errors.ts';

/** Port: what servers ask of a hub that is kept on disk, before they answer. A hub in memory has none. */
export interface Kept {
  /** Why no writes are taken now; undefined if they are. */
  readonly refusal: HubError | undefined;
  /** Calls `act` when all changes until now are kept, at once if they are, or `failed` if they cannot be kept. */
  after(act: () => void, failed: (error: HubError) => void): void;
  /** Calls `act` each time that changes could not be kept and were undone. Returns the way to stop. */
  onFailure(act: (error: HubError) => void): () => void;
}

/**
 * Runs an operation, and gives its answer when all that it has changed is kept. `isRead`: it changes nothing. Throws
 * ServiceUnavailable for a write that cannot be kept.
 */
export const answerWhenKept = <Answer>(
  kept: Kept | undefined,
  isRead: boolean,
  run: () => Answer | Promise<Answer>,
): Answer | Promise<Answer> => (kept === undefined ? run() : whenKept(kept, isRead, run));

const whenKept = async <Answer>(kept: Kept, isRead: boolean, run: () => Answer | Promise<Answer>): Promise<Answer> => {
  if (kept.refusal !== undefined && !isRead) throw kept.refusal;
  let failure: HubError | undefined;
  const stop = kept.onFailure((error) => {
    failure = error;
  });
  try {
    const answer = await run();
    await new Promise<void>((done) =>
      kept.after(
        () => {
          stop(); // what fails from now on is not of this operation
          done();
        },
        () => done(),
      ),
    );
    if (failure !== undefined && !isRead) throw failure;
    return answer;
  } finally {
    stop();
  }
};

/**
 * Makes a stream send nothing before all changes until then are kept: no one learns of what could be lost. When changes cannot
 * be kept it is destroyed, since what waits to be sent may be about them.
 */
export const sendingWhatIsKept = <Stream extends Duplex>(stream: Stream, kept: Kept | undefined): Stream => {
  if (kept === undefined) return stream;
  const { _write: write, _writev: writev } = stream;
  const lost = (): void => void stream.destroy();
  stream.once('close', kept.onFailure(lost));
  stream._write = (chunk, encoding, done) => kept.after(() => write.call(stream, chunk, encoding, done), lost);
  if (writev !== undefined)
    stream._writev = (chunks, done) => kept.after(() => writev.call(stream, chunks, done), lost);
  return stream;
};
