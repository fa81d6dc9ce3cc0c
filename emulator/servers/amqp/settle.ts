import { HubError } from '../../../protocol/errors.ts';
import type { Operation } from '../../hub/operation.ts';
import { receiveExchange } from '../faults/exchanges.ts';
import type { FaultInjector } from '../faults/injector.ts';
import type { Kept } from '../kept.ts';
import { told } from './diagnostics.ts';
import type { IncomingDelivery } from './engine/application.ts';
import { amqpError } from './errors.ts';
import type { Outlet } from './outlet.ts';

/** How a delivery is settled. */
export interface Settling {
  /** Of a hub that is kept on disk; undefined as well for what changes nothing. */
  readonly kept: Kept | undefined;
  /** Where the outcome is sent. */
  readonly outlet: Outlet;
  /** Called with anything but a HubError that is thrown. The peer is answered with ServerError. */
  onBug(error: unknown, subject: string): void;
}

/** Takes a message, and accepts it, or rejects it with the HubError that is thrown. */
export const settle = (delivery: IncomingDelivery, take: () => void, { kept, outlet, onBug }: Settling): void => {
  const subject = delivery.link.address ?? '';
  try {
    if (kept?.refusal !== undefined) throw kept.refusal;
    take();
    told('SEND', subject, 'accepted');
    outlet.send(() => delivery.accept());
  } catch (error) {
    if (!(error instanceof HubError)) onBug(error, subject);
    const answer = error instanceof HubError ? error : new HubError('ServerError', 'An internal error occurred.');
    told('SEND', subject, 'rejected', answer.code);
    outlet.send(() => delivery.reject(amqpError(answer)));
  }
};

/** A message that has arrived, and what is done with it. */
export interface Arrival {
  readonly delivery: IncomingDelivery;
  take(): void;
}

/** Settles a message as above, under the effect of the fault that strikes, if one does. */
export const settleUnderFaults = (
  operation: Operation,
  { delivery, take }: Arrival,
  settling: Settling & { readonly faults: FaultInjector },
): void => {
  const { outlet, faults } = settling;
  const handle = (): void => settle(delivery, take, settling);
  const refuse = (error: HubError): void => outlet.send(() => delivery.reject(amqpError(error)));
  if (!faults.isActive) handle();
  else faults.run(operation, receiveExchange(outlet, operation.type, { handle, refuse }));
};
