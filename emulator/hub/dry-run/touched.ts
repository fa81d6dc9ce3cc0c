import type { HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Member } from '../fleet/member.ts';
import { type Difference, differences } from '../history/differences.ts';

/** What a write would do to one device or module. */
export interface TouchedTwin {
  readonly key: IdentityKey;
  /** As in its history afterwards. */
  readonly changes: readonly Difference[];
  /** Modules that an edge device would get. */
  readonly creates: readonly string[];
  /** Why the write would fail. */
  readonly error: HubError | undefined;
}

/** What a configuration or a job would do. */
export interface DryRun {
  /** How many devices or modules it selects. */
  readonly matched: number;
  /** How many would change. */
  readonly changed: number;
  /** How many would refuse the change. */
  readonly failed: number;
  /** The first of those that would change or refuse. */
  readonly twins: readonly TouchedTwin[];
}

/** Counts what would be touched, and keeps the first ones. */
export class Touched {
  readonly #most: number;
  readonly #twins: TouchedTwin[] = [];
  #matched = 0;
  #changed = 0;
  #failed = 0;

  /** `most`: devices and modules that are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  match(): void {
    this.#matched++;
  }

  /** `after`: the row that would be written; `creates`: modules that the device would get. */
  change(before: Member, after: Member, creates: readonly string[] = []): void {
    const changes = differences(before, after);
    if (changes.length === 0 && creates.length === 0) return;
    this.#changed++;
    this.#keep({ key: before.key, changes, creates, error: undefined });
  }

  fail({ key }: Member, error: HubError): void {
    this.#failed++;
    this.#keep({ key, changes: [], creates: [], error });
  }

  get result(): DryRun {
    return { matched: this.#matched, changed: this.#changed, failed: this.#failed, twins: this.#twins };
  }

  #keep(twin: TouchedTwin): void {
    if (this.#twins.length < this.#most) this.#twins.push(twin);
  }
}
