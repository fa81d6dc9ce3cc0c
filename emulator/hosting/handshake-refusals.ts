import type { ServerName } from '../endpoints/protocols.ts';
import type { RefusedThing } from '../hub/refusal.ts';
import type { Log } from '../log.ts';
import type { HandshakeFailure } from '../servers/listener/handshakes.ts';
import type { Beginning } from '../servers/listener/listener.ts';
import { type RefusalTargets, tellRefusal } from '../servers/refusals.ts';
import { type PortNumbers, type WrongProtocol, wrongProtocol } from './wrong-protocol.ts';

const SILENCE_MS = 60_000;
const MOST_REMEMBERED = 1000;

interface Reason {
  /** What the code of the error contains; it is empty for a client that left after the handshake. */
  readonly pattern: RegExp;
  readonly code: string;
  readonly cause: string;
  readonly remedy: string;
}

const TRUST = 'make it trust the CA: iothub-emulator env prints variables, iothub-emulator trust changes the stores';

/**
 * Why clients leave, by the alert that they send. https://www.rfc-editor.org/rfc/rfc8446#section-6.2
 * OpenSSL, and with it Python, sends unknown_ca; Java sends certificate_unknown; Node closes without an alert.
 */
const REASONS: readonly Reason[] = [
  {
    pattern: /^$|ECONNRESET/,
    code: 'left-without-alert',
    cause: 'it left before it sent anything, as Node does if it does not trust the CA',
    remedy: TRUST,
  },
  { pattern: /ALERT_UNKNOWN_CA/, code: 'untrusted-ca', cause: 'it does not trust the CA of the hub', remedy: TRUST },
  {
    pattern: /ALERT_(BAD_CERTIFICATE|CERTIFICATE_UNKNOWN)/,
    code: 'certificate-not-accepted',
    cause: 'it does not accept the certificate: it does not trust the CA, or the certificate lacks the name {name}',
    remedy: `${TRUST}; start with --san NAME for more names`,
  },
  {
    pattern: /HTTP_REQUEST|WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/,
    code: 'no-tls',
    cause: 'it does not speak TLS',
    remedy: 'use https:// and mqtts://, or switch TLS on in the client',
  },
  {
    pattern: /UNSUPPORTED_PROTOCOL|ALERT_PROTOCOL_VERSION|NO_SHARED_CIPHER/,
    code: 'old-tls',
    cause: 'it offers neither TLS 1.2 nor TLS 1.3 with a cipher that the hub has',
    remedy: 'let the client use TLS 1.2 or later, as Azure requires',
  },
];

interface Parts {
  readonly log: Log;
  /** The hub that a client of this host name means. */
  hubAt(hostName: string): RefusalTargets['hub'];
}

interface Refused {
  readonly address: string;
  readonly hostName: string | undefined;
  readonly what: RefusedThing;
  /** Begins the line of the log. */
  readonly text: string;
}

/** Tells of clients that leave or are closed before their first request, once for each hub, address and reason in a minute. */
export class HandshakeRefusals {
  readonly #parts: Parts;
  readonly #now: () => number;
  /** When an address was told of with a reason, for each hub. */
  readonly #told = new WeakMap<object, Map<string, number>>();

  /** `now`: ms of a clock that only advances. */
  constructor(parts: Parts, now: () => number = () => performance.now()) {
    this.#parts = parts;
    this.#now = now;
  }

  tell({ address, hostName, code: error }: HandshakeFailure): void {
    const reason = REASONS.find(({ pattern }) => pattern.test(error ?? ''));
    if (reason === undefined) return;
    const cause = reason.cause.replace('{name}', hostName ?? 'to which it connected');
    this.#tell({ address, hostName, what: 'handshake', text: 'A client left' }, { ...reason, cause });
  }

  /** Tells of a client that speaks another protocol than the port. */
  began(beginning: Beginning<ServerName>, ports: PortNumbers): void {
    const wrong = wrongProtocol(beginning, ports);
    if (wrong === undefined) return;
    const { address, hostName } = beginning;
    this.#tell({ address, hostName, what: 'connection', text: 'Closed a connection' }, wrong);
  }

  #tell({ address, hostName, what, text }: Refused, { code, cause, remedy }: WrongProtocol): void {
    const hub = this.#parts.hubAt(hostName ?? '');
    if (!this.#isNew(hub, `${address} ${code}`)) return;
    tellRefusal({ hub, log: this.#parts.log }, text, { what, subject: address, code, cause, remedy });
  }

  #isNew(hub: object, key: string): boolean {
    const now = this.#now();
    const told = this.#told.get(hub) ?? new Map<string, number>();
    this.#told.set(hub, told);
    if (now - (told.get(key) ?? Number.NEGATIVE_INFINITY) < SILENCE_MS) return false;
    if (told.size >= MOST_REMEMBERED) told.clear();
    told.set(key, now);
    return true;
  }
}
