import type { Operation } from '../../../hub/operation.ts';
import type { FaultyConnection } from '../../faults/connection.ts';
import { connectionPart } from '../../faults/exchanges.ts';
import type { AnswerMode, Exchange, FaultInjector } from '../../faults/injector.ts';
import { amqpError } from '../errors.ts';

/** A password of SASL PLAIN. The outcome cannot come twice; a client that gets none waits for it. */
export const passwordExchange = (
  connection: FaultyConnection,
  { take, decide }: { readonly take: () => boolean; readonly decide: (isAccepted: boolean) => void },
): Exchange => ({
  ...connectionPart(connection),
  run: (mode) => onceOn(connection, mode, () => decide(take())),
  refuse: () => decide(false),
  mute: () => {},
});

/** An attach that the application answers. */
interface Attach<Handler> {
  /** Answers with a handler, or refuses by an AmqpError that `decide` throws. */
  answer(decide: () => Handler): void;
  open(): Handler;
}

/**
 * Lets faults strike one operation after the other, until the link is opened or refused. The answer cannot come twice, and a
 * link without one is not used.
 */
export const attachUnderFaults = <Handler>(
  [operation, ...rest]: readonly Operation[],
  link: Attach<Handler>,
  parts: { readonly faults: FaultInjector; readonly outlet: FaultyConnection },
): void => {
  const { faults, outlet } = parts;
  if (operation === undefined) {
    link.answer(link.open);
    return;
  }
  faults.run(operation, {
    ...connectionPart(outlet),
    run: (mode) => onceOn(outlet, mode, () => attachUnderFaults(rest, link, parts)),
    refuse: (error) =>
      link.answer(() => {
        throw amqpError(error);
      }),
  });
};

const onceOn = (connection: FaultyConnection, mode: AnswerMode, act: () => void): void => {
  if (mode === 'cut') connection.cut('now');
  else if (mode !== 'lost') act();
  if (mode === 'last') connection.cut('afterwards');
};
