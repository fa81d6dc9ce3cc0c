import type { FaultEffect } from '../../../protocol/fault.ts';
import type { Act, Episode } from './episodes.ts';

/** What a program says of an episode. */
export interface Said {
  readonly saw?: string;
  /** Of what had not ended, once its connection was cut. */
  readonly after?: string | null;
  readonly again?: string;
  readonly heard?: readonly number[];
  readonly calls?: number;
  readonly failed?: string;
}

/** What the hub knows of it. */
export interface Noted {
  readonly sdk: 'node' | 'python';
  readonly connections: number;
  /** How often the message arrived that met the fault. */
  readonly arrivals: number;
}

/** What the app saw, and how it went on: cells of a table. What depends on how fast the machine is, is not in it. */
export const sight = (episode: Episode, said: Said, noted: Noted): readonly [saw: string, then: string] => {
  if (said.failed !== undefined) throw new Error(`${episode.name}, ${episode.operation}: ${said.failed}`);
  const saw = [
    ...(said.saw === undefined ? [] : [byChance(said.saw, episode, noted) ?? inWords(said.saw, episode)]),
    ...(said.heard === undefined
      ? []
      : [`${episode.act === 'twin.desired' ? 'changes' : 'answers'} ${said.heard.join(', ')}`]),
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

/**
 * Where the end of a connection finds Python's SDK in the middle of sending, it gives up; a moment later it sends again.
 * (paho's `_packet_queue` writes by itself once the SDK has stopped paho's thread.)
 */
const byChance = (saw: string, { act, effect }: Episode, { sdk }: Noted): string | undefined =>
  sdk === 'python' && SENDING.has(act) && endsConnection(act, effect) && /^(?:done|NoConnectionError)/.test(saw)
    ? 'success or `NoConnectionError`'
    : undefined;

const SENDING: ReadonlySet<Act> = new Set(['telemetry', 'twin.get', 'twin.report']);

/** Other refusals than those of telemetry are answers. */
const endsConnection = (act: Act, effect: FaultEffect | undefined): boolean =>
  effect?.type === 'disconnect' || (act === 'telemetry' && (effect?.type === 'throttle' || effect?.type === 'error'));

/** Acknowledgement and end come together: which of them an SDK sees first is chance. */
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
