import { type AnswerMode, OVERTAKEN_WITHIN } from './injector.ts';

/**
 * The hub's end of a connection on which answers and messages to the client are written one after the other (MQTT, AMQP).
 * `Output` is what it writes.
 */
export interface FaultyConnection<Output = unknown> {
  /** False once the client has gone. */
  readonly isOpen: boolean;
  /** Runs `act`, and returns what it would have written. */
  withhold(act: () => void): Output;
  /** Writes what was withheld. */
  replay(output: Output): void;
  /** Writes what was withheld after the next output, or after `timeoutMs` ms without one. */
  replayOvertaken(output: Output, timeoutMs: number): void;
  /** Ends the connection: at once, or after everything that was written has left. */
  cut(when: 'now' | 'afterwards'): void;
  /** Neither reads nor writes from now on, and stays open. */
  mute(): void;
}

/** Runs `act`, and handles its output as the fault demands. */
export const runOn = <Output>(connection: FaultyConnection<Output>, act: () => void, mode: AnswerMode): void => {
  if (mode === 'sent' || mode === 'last') act();
  else deliver(connection, connection.withhold(act), mode);
  if (mode === 'last') connection.cut('afterwards');
};

const deliver = <Output>(
  connection: FaultyConnection<Output>,
  output: Output,
  mode: Exclude<AnswerMode, 'sent' | 'last'>,
): void => {
  switch (mode) {
    case 'lost':
      break;
    case 'cut':
      connection.cut('now');
      break;
    case 'twice':
      connection.replay(output);
      connection.replay(output);
      break;
    case 'overtaken':
      connection.replayOvertaken(output, OVERTAKEN_WITHIN);
      break;
    default:
      mode satisfies never;
  }
};
