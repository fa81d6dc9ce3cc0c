import type { FaultEffect } from '../../../protocol/fault.ts';
import type { Act, Episode } from './episodes.ts';

/** What a program reports of an episode. */
export interface Said {
  readonly saw?: string;
  /** What it saw after its connection was cut, if it saw nothing before. */
  readonly after?: string | null;
  readonly again?: string;
  readonly heard?: readonly number[];
  readonly calls?: number;
  /** The events by which the SDK told of troubles. */
  readonly troubles?: readonly string[];
  readonly failed?: string;
}

/** What the hub saw of it. */
export interface Noted {
  readonly sdk: 'node' | 'python';
  readonly connections: number;
  /** How often the message that the fault hit arrived. */
  readonly arrivals: number;
}

/** What the app saw, and how it continued: cells of a table. They do not depend on the speed of the machine. */
export const sight = (episode: Episode, said: Said, noted: Noted): readonly [saw: string, then: string] => {
  if (said.failed !== undefined) throw new Error(`${episode.name}, ${episode.operation}: ${said.failed}`);
  const saw = [
    ...(said.troubles ?? []).map((name) => `\`${name}\``),
    ...(said.saw === undefined ? [] : [byChance(said.saw, episode, noted) ?? inWords(said.saw, episode)]),
    ...(said.heard === undefined
      ? []
      : [`${HEARD[episode.act] ?? 'answers'} ${certain(said.heard, episode).join(', ')}`]),
    ...(said.calls === undefined ? [] : [said.calls === 1 ? '1 call for 2' : `${said.calls} calls for 2`]),
  ];
  const then = [
    ...(said.after ? [`after a cut: ${inWords(said.after, episode)}`] : []),
    ...(noted.connections > 1 && !said.after ? ['connects again'] : []),
    ...(noted.arrivals > 1 && !isRace(episode) ? ['the message arrives twice'] : []),
    ...(said.again === undefined ? [] : [`next: ${inWords(said.again, episode)}`]),
  ];
  return [saw.join(', '), then.join('; ')];
};

/** In a black hole only the last change is certain to come: whether one before it does, depends on when the SDK is back. */
const certain = <T>(heard: readonly T[], { effect }: Episode): readonly T[] =>
  effect?.type === 'blackHole' ? heard.slice(-1) : heard;

/** What an app listens to. */
const HEARD: Readonly<Partial<Record<Act, string>>> = { 'twin.desired': 'changes', 'c2d.send': 'messages' };

/**
 * If a connection ends while Python's SDK is sending, the SDK gives up; a moment later it would send again. (Once the
 * SDK has stopped the thread of paho, `_packet_queue` of paho writes by itself.)
 */
const byChance = (saw: string, { act, effect }: Episode, { sdk }: Noted): string | undefined =>
  sdk === 'python' && SENDING.has(act) && endsConnection(act, effect) && /^(?:done|NoConnectionError)/.test(saw)
    ? 'success or `NoConnectionError`'
    : undefined;

const SENDING: ReadonlySet<Act> = new Set(['telemetry', 'twin.get', 'twin.report']);

/** All refusals are answers, except those of telemetry. */
const endsConnection = (act: Act, effect: FaultEffect | undefined): boolean =>
  effect?.type === 'disconnect' || (act === 'telemetry' && (effect?.type === 'throttle' || effect?.type === 'error'));

/** The acknowledgement and the end of the connection come together: which one an SDK sees first is random. */
const isRace = ({ effect }: Episode): boolean => effect?.type === 'disconnect' && effect.when === 'after';

const inWords = (said: string, { effect }: Episode): string => {
  switch (said) {
    case 'done':
      return 'success';
    case 'done late':
      return effect?.type === 'delay' ? 'success, late' : 'success';
    case 'nothing':
      return 'no answer';
    default:
      return `\`${said}\``;
  }
};
