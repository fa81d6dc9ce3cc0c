import { randomUUID } from 'node:crypto';
import type { WebhookEndpoint } from '../../protocol/routing-endpoints.ts';
import type { Outcome } from '../hub/routing/egress.ts';
import type { Limits } from './exchange.ts';
import { handshake, type Validation, type Verdict } from './handshake.ts';

/** How long a `validationUrl` can be asked, in ms of the wall clock: it is people and programs that ask it. */
const VALID_MS = 600_000;

type Refusal = Extract<Outcome, { readonly problem: string }>;

/** A webhook that was asked whether it wants events. */
interface Asked {
  readonly validation: Validation;
  /** Milliseconds since 1970: until then its `validationUrl` can be asked. */
  readonly until: number;
  readonly verdict: Promise<Verdict>;
  readonly waiting: Set<() => void>;
  isAccepted: boolean;
}

/**
 * Which webhooks have accepted events: in their answer to the handshake, or by a GET of its `validationUrl`.
 * https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
 */
export class Handshakes {
  readonly #asked = new WeakMap<WebhookEndpoint, Asked>();
  /** Those whose `validationUrl` can be asked, by code. */
  readonly #open = new Map<string, Asked>();
  #urlOf: ((code: string) => string) | undefined;

  /** From now on there is an address for each code; its server calls `accept`. */
  serveAt(urlOf: (code: string) => string): void {
    this.#urlOf = urlOf;
  }

  /** A `validationUrl` was asked. False for a code that is unknown, or too old. */
  accept(code: string): boolean {
    const asked = this.#open.get(code);
    if (asked === undefined || asked.until < Date.now()) return false;
    asked.isAccepted = true;
    for (const act of asked.waiting) act();
    asked.waiting.clear();
    return true;
  }

  /** Why a webhook gets no events; undefined if it has accepted them. Those that ask meanwhile wait for the same answer. */
  async refusal(endpoint: WebhookEndpoint, hubName: string, limits: Limits): Promise<Refusal | undefined> {
    const asked = this.#asked.get(endpoint) ?? this.#ask(endpoint, hubName, limits);
    const verdict = await asked.verdict.catch((error: unknown) => {
      this.#forget(endpoint, asked);
      throw error;
    });
    if (verdict === 'accepted' || asked.isAccepted) return undefined;
    if (verdict === 'later' && asked.until >= Date.now())
      return { problem: remedyOf(asked.validation), whenDone: (act) => void asked.waiting.add(act) };
    this.#forget(endpoint, asked);
    // it had its time, so it is asked once more
    return verdict === 'later' ? this.refusal(endpoint, hubName, limits) : verdict;
  }

  #ask(endpoint: WebhookEndpoint, hubName: string, limits: Limits): Asked {
    const code = randomUUID();
    const validation = { code, url: this.#urlOf?.(code) };
    const asked: Asked = {
      validation,
      until: Date.now() + VALID_MS,
      verdict: handshake(endpoint, { hubName, validation }, limits),
      waiting: new Set(),
      isAccepted: false,
    };
    for (const [old, { until }] of this.#open) if (until < Date.now()) this.#open.delete(old);
    this.#open.set(code, asked);
    this.#asked.set(endpoint, asked);
    return asked;
  }

  #forget(endpoint: WebhookEndpoint, asked: Asked): void {
    if (this.#asked.get(endpoint) === asked && !asked.isAccepted) this.#asked.delete(endpoint);
  }
}

const remedyOf = ({ url = '' }: Validation): string =>
  `it answered the validation event without a validationResponse: GET ${url} within 10 minutes to accept`;
