import type { IncomingHandler, OutgoingHandler } from '../application.ts';
import { AmqpError, attempt } from '../errors.ts';
import type { Attach } from '../frames/performatives.ts';
import type { LinkSession } from '../link/link-session.ts';
import { ReceivingLink } from '../link/receiving-link.ts';
import { SendingLink } from '../link/sending-link.ts';
import type { AnyLink, LinkTable } from './link-table.ts';
import type { SessionHost } from './session-host.ts';

/** What attaching needs of a session. */
interface AttachingSession extends LinkSession {
  readonly host: SessionHost;
  readonly links: LinkTable;
  readonly isOver: boolean;
  writeAttach(attach: Attach): void;
}

/** The node that tokens are sent to: AMQP Claims-based Security 1.0, working draft 5, §3. */
const CBS_NODE = '$cbs';
/**
 * Nodes to which links may attach before the token is there. Event Hubs' client for Java attaches those of the management
 * node while its token is under way; the application checks each request.
 */
const OPEN_NODES: ReadonlySet<string> = new Set([CBS_NODE, '$management']);
/** Part 2 §2.8.3: the receiver settles when it sends the outcome. */
const FIRST = 0;

/**
 * Answers an attach, part 2 §2.6.3. A link that is refused is attached and detached at once. Throws AmqpError for one that
 * ends the session.
 */
export const attachLink = (session: AttachingSession, attach: Attach): void => {
  check(session, attach);
  const link = attach.isReceiver ? new SendingLink(session, attach) : new ReceivingLink(session, attach);
  session.links.add(link);
  session.usage.links += 1;
  link.await({
    conclude: (decide) => conclude(session, attach, { link, decide }),
    write: () => session.writeAttach(answer(attach, link)),
  });
};

/** `decide`: true to accept the link, false to answer later; throws AmqpError to refuse it. */
const conclude = (
  session: AttachingSession,
  attach: Attach,
  { link, decide }: { readonly link: AnyLink; readonly decide: () => boolean },
): void => {
  let refusal: AmqpError | undefined;
  let isDecided = true;
  attempt(
    () => {
      checkAdmission(session, link);
      isDecided = decide();
    },
    (error) => {
      refusal = error;
    },
  );
  if (!isDecided || session.isOver) return; // or the application has ended it
  link.answered();
  if (refusal === undefined) {
    session.writeAttach(answer(attach, link));
    link.attached();
  } else {
    session.writeAttach(refusing(attach, link));
    refuse(session, link, refusal);
  }
};

/** Without source and target, as the service does it: so clients know that the link never was, and wait for the error. */
const refusing = (attach: Attach, link: AnyLink): Attach => ({
  ...answer(attach, link),
  ...{ source: undefined, target: undefined },
});

const refuse = (session: AttachingSession, link: AnyLink, error: AmqpError): void => {
  link.isRefused = true;
  session.usage.refused += 1;
  session.detach(link, { by: 'engine', error });
};

const check = ({ links, limits, usage }: AttachingSession, { handle, name, isReceiver }: Attach): void => {
  if (handle > limits.handleMax)
    throw new AmqpError('amqp:not-allowed', `Handle ${handle} is above handle-max ${limits.handleMax}`);
  if (links.get(handle) !== undefined)
    throw new AmqpError('amqp:session:handle-in-use', `Handle ${handle} belongs to another link`);
  if (Buffer.byteLength(name) > limits.nameLength)
    throw new AmqpError('amqp:invalid-field', `A link name has at most ${limits.nameLength} bytes`);
  if (links.find(name, isReceiver ? 'outgoing' : 'incoming') !== undefined)
    throw new AmqpError('amqp:not-allowed', `The session already has a link named ${name} in this direction`);
  const { linksPerConnection } = limits;
  if (usage.links >= linksPerConnection)
    throw new AmqpError('amqp:resource-limit-exceeded', `A connection has at most ${linksPerConnection} links`);
};

const checkCount = ({ links, limits: { linksPerSession } }: AttachingSession): void => {
  if (links.size > linksPerSession)
    throw new AmqpError('amqp:resource-limit-exceeded', `A session has at most ${linksPerSession} links`);
};

const checkUnauthorized = ({ usage, limits }: AttachingSession, { address }: AnyLink): void => {
  if (!OPEN_NODES.has(address ?? '') || usage.links - usage.refused > limits.linksBeforeAuthorization)
    throw new AmqpError('amqp:unauthorized-access', `Send a valid token to ${CBS_NODE} before you attach other links`);
};

const checkAdmission = (session: AttachingSession, link: AnyLink): void => {
  checkCount(session);
  if (!session.host.isAuthorized) checkUnauthorized(session, link);
};

const answer = (attach: Attach, link: AnyLink): Attach => {
  const handler: IncomingHandler | OutgoingHandler | undefined = link.handler;
  return {
    type: 'attach',
    name: attach.name,
    handle: link.handle,
    isReceiver: !attach.isReceiver,
    senderSettleMode: attach.senderSettleMode,
    receiverSettleMode: attach.isReceiver ? attach.receiverSettleMode : FIRST,
    source: attach.source,
    target: attach.target,
    initialDeliveryCount: attach.isReceiver ? 0 : undefined,
    maxMessageSize: link.maxMessageSize,
    offeredCapabilities: handler?.offeredCapabilities,
    properties: handler?.properties,
  };
};
