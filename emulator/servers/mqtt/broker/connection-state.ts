/**
 * `handshaking` until the application admits the client, `admitted` until the CONNACK has been written (messages to the client
 * wait), `open` until the stream closes.
 */
export type State = 'handshaking' | 'admitted' | 'open' | 'closed';

/** Which state may follow which. */
const NEXT: Readonly<Record<State, readonly State[]>> = {
  handshaking: ['admitted', 'closed'],
  admitted: ['open', 'closed'],
  open: ['closed'],
  closed: [],
};

/** The next state. Throws an error if it cannot follow: a mistake in this program. */
export const follow = (state: State, next: State): State => {
  if (!NEXT[state].includes(next)) throw new Error(`A connection that is ${state} cannot become ${next}`);
  return next;
};
