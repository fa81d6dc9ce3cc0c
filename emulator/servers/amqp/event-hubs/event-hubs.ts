import type { HubError } from '../../../../protocol/errors.ts';
import type { Hub } from '../../../hub/hub.ts';
import type { AmqpConnection, OutgoingLink } from '../engine/application.ts';
import { textOf } from '../engine/codec/values.ts';
import type { Message as AmqpMessage } from '../engine/message/message.ts';
import { sendOrDetach } from '../send-or-detach.ts';
import { EncodedEvents } from './encoded-events.ts';
import { answerTo } from './management.ts';
import { ReaderTable } from './reader-table.ts';

/** What all connections of a hub's event hubs share. */
export class EventHubs {
  readonly readers = new ReaderTable();
  readonly encoded = new EncodedEvents();
  readonly #hub: Hub;
  /** Where each connection wants its answers of the management node, by the address that requests name. */
  readonly #replyLinks = new WeakMap<AmqpConnection, Map<string, OutgoingLink>>();

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** Returns what to call when the link has ended. */
  addReplyLink(link: OutgoingLink): () => void {
    const links = this.#replyLinks.get(link.connection) ?? new Map<string, OutgoingLink>();
    this.#replyLinks.set(link.connection, links);
    const address = textOf(link.target?.address) ?? '';
    links.set(address, link);
    return () => {
      if (links.get(address) === link) links.delete(address);
    };
  }

  /**
   * Answers a request of the management node, with the error if there is one. The client for Python names no reply address:
   * then on the newest link.
   */
  manage(connection: AmqpConnection, request: AmqpMessage, error?: HubError): void {
    const links = this.#replyLinks.get(connection);
    const link = links?.get(request.properties?.replyTo ?? '') ?? [...(links?.values() ?? [])].at(-1);
    if (link !== undefined)
      sendOrDetach(link, answerTo(this.#hub, request, error), { tag: REPLY_TAG, isSettled: true });
  }
}

const REPLY_TAG = Buffer.from('management');
