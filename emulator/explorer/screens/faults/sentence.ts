import type { FaultEffect, FaultMatch, FaultRule } from '../../api/types.ts';
import { duration } from '../../text/time.ts';

/** A rule in words: `Ends the connection before it acknowledges a report of thermostat-*, 5 times`. */
export const ruleSentence = ({ match, effect, window }: FaultRule): string =>
  [
    `${EFFECTS[effect.type](effect)} ${operationText(match)}${whoText(match)}`,
    ...oftenText(match),
    ...(window === undefined ? [] : [windowText(window)]),
  ].join(', ');

type EffectText = (effect: FaultEffect) => string;

const EFFECTS: Readonly<Record<FaultEffect['type'], EffectText>> = {
  error: (effect) => `Answers ${'code' in effect ? effect.code : 'an error'} to`,
  delay: (effect) => `Delays by ${'ms' in effect ? duration(effect.ms) : 'a while'}`,
  drop: () => 'Loses',
  duplicate: () => 'Doubles',
  reorder: () => 'Lets overtake',
  disconnect: (effect) =>
    'when' in effect && effect.when === 'after'
      ? 'Ends the connection after'
      : 'Ends the connection before it acknowledges',
  throttle: () => 'Throttles',
  blackHole: () => 'Falls silent at',
  refuseCertificate: () => 'Shows a wrong certificate at',
};

const OPERATIONS: Readonly<Record<NonNullable<FaultMatch['operation']>, string>> = {
  handshake: 'the TLS handshake',
  connect: 'a connect',
  'twin.get': 'a read of the twin',
  'twin.report': 'a report',
  'twin.desired': 'a desired change for',
  telemetry: 'a message',
  method: 'a method call',
  'c2d.send': 'a message of a service to',
  'c2d.receive': 'a message to the device of',
  subscribe: 'a subscription',
  rest: 'a request of a service',
};

const operationText = ({ operation, methodName, path }: FaultMatch): string => {
  const text = operation === undefined ? 'anything' : OPERATIONS[operation];
  return [
    text,
    ...(methodName === undefined ? [] : [`“${methodName}”`]),
    ...(path === undefined ? [] : [`to ${path}`]),
  ].join(' ');
};

const whoText = ({ device, module, protocol }: FaultMatch): string => {
  const who = device === undefined ? '' : ` of ${device}${module === undefined ? '' : `/${module}`}`;
  return protocol === undefined ? who : `${who} over ${protocol.toUpperCase()}`;
};

const oftenText = ({ nth, times, probability }: FaultMatch): readonly string[] => {
  if (nth !== undefined)
    return [times === undefined ? `the ${nth}. time only` : `from the ${nth}. time on, ${times} times`];
  const often = times === undefined ? [] : [times === 1 ? 'once' : `${times} times`];
  return probability === undefined ? often : [...often, `in ${Math.round(probability * 100)} % of cases`];
};

const windowText = ({ afterMs, durationMs }: NonNullable<FaultRule['window']>): string => {
  const start = afterMs > 0 ? `after ${duration(afterMs)}` : 'from now';
  return durationMs === undefined ? start : `${start} for ${duration(durationMs)}`;
};
