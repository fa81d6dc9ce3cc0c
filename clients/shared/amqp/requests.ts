import type { Message as RheaMessage } from 'rhea';
import type { Answers } from './answers.ts';

/** The requests that wait for a reply with their id as its correlation id. */
export class Requests {
  readonly #answers: Answers;
  readonly #waiting = new Map<unknown, (reply: RheaMessage) => void>();

  constructor(answers: Answers) {
    this.#answers = answers;
  }

  /** Sends a request; resolves with the reply to it. */
  ask(id: string, send: () => Promise<void>): Promise<RheaMessage> {
    const reply = this.#answers.wait<RheaMessage>((resolve, reject) => {
      this.#waiting.set(id, resolve);
      send().catch(reject);
    });
    return reply.finally(() => this.#waiting.delete(id));
  }

  take(reply: RheaMessage): void {
    this.#waiting.get(reply.correlation_id)?.(reply);
  }
}
