import type { HubEvent } from '../../api/types.ts';

/** One attempt to connect: it succeeded, or it was refused for a reason. */
export interface Attempt {
  readonly sequence: number;
  readonly at: string;
  /** The device, module or client that tried. */
  readonly who: string;
  readonly isRefused: boolean;
  /** Why it was refused, or over what it is connected. */
  readonly text: string;
  readonly remedy?: string;
}

/** Attempts to connect, newest first; of one device if `key` is given. */
export const attemptsIn = (events: readonly HubEvent[], key: string | undefined, most: number): readonly Attempt[] => {
  const found: Attempt[] = [];
  for (let i = events.length - 1; i >= 0 && found.length < most; i--) {
    const attempt = attemptOf(events[i]);
    // a client that was refused early has no id: it may be this one
    if (attempt !== undefined && (key === undefined || attempt.who === key || events[i]?.key === undefined))
      found.push(attempt);
  }
  return found;
};

const attemptOf = (event: HubEvent | undefined): Attempt | undefined => {
  if (event === undefined) return undefined;
  const { sequence, time: at, type, key, subject, what, cause, remedy, protocol } = event;
  const who = key ?? String(subject ?? 'a client');
  if (type === 'session.opened')
    return { sequence, at, who, isRefused: false, text: `connected by ${String(protocol).toUpperCase()}` };
  if (type !== 'refused' || (what !== 'connection' && what !== 'handshake')) return undefined;
  return { sequence, at, who, isRefused: true, text: String(cause), ...(remedy ? { remedy: String(remedy) } : {}) };
};
