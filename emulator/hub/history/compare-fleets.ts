import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { StoreCopy } from '../../kernel/store.ts';
import type { Member } from '../fleet/member.ts';
import { type Difference, differences } from './differences.ts';

/** Devices and modules of one moment. */
export interface FleetCopy {
  readonly devices: StoreCopy<Member>;
  readonly modules: StoreCopy<Member>;
}

/** What two fleets do not have in common; lists end at `most`. */
export interface FleetComparison {
  /** How many devices and modules are only in the second, only in the first, and different. */
  readonly counts: { readonly created: number; readonly deleted: number; readonly changed: number };
  readonly created: readonly IdentityKey[];
  readonly deleted: readonly IdentityKey[];
  readonly changed: readonly { readonly key: IdentityKey; readonly changes: readonly Difference[] }[];
}

const ROWS_PER_STEP = 100;
const KEYS = 'identity.authentication.symmetricKey.';

interface ComparisonOptions {
  readonly most: number;
  /** True if symmetric keys count: forks of a hub have keys of their own. */
  readonly withKeys: boolean;
}

/** Compares two fleets row by row; rows that they share are the same. Yields between short slices. */
export function* compareFleets(
  before: FleetCopy,
  after: FleetCopy,
  options: ComparisonOptions,
): Generator<void, FleetComparison> {
  const found = new Found(options);
  for (const table of ['devices', 'modules'] as const) {
    const [first, second] = [before[table], after[table]];
    yield* eachRow(first, ({ key }) => second.find(key) === undefined && found.delete(key));
    yield* eachRow(second, (member) => found.compare(first.find(member.key), member));
  }
  return found.result;
}

function* eachRow(rows: StoreCopy<Member>, visit: (member: Member) => void): Generator<void, void> {
  let n = 0;
  for (const { value } of rows.entries()) {
    visit(value);
    if (++n % ROWS_PER_STEP === 0) yield;
  }
}

class Found {
  readonly #most: number;
  readonly #withKeys: boolean;
  readonly #counts = { created: 0, deleted: 0, changed: 0 };
  readonly #created: IdentityKey[] = [];
  readonly #deleted: IdentityKey[] = [];
  readonly #changed: { key: IdentityKey; changes: readonly Difference[] }[] = [];

  constructor({ most, withKeys }: ComparisonOptions) {
    this.#most = most;
    this.#withKeys = withKeys;
  }

  delete(key: IdentityKey): void {
    this.#counts.deleted++;
    if (this.#deleted.length < this.#most) this.#deleted.push(key);
  }

  compare(before: Member | undefined, after: Member): void {
    if (before === undefined) {
      this.#counts.created++;
      if (this.#created.length < this.#most) this.#created.push(after.key);
      return;
    }
    if (before === after) return;
    const changes = differences(before, after).filter(({ path }) => this.#withKeys || !path.startsWith(KEYS));
    if (changes.length === 0) return;
    this.#counts.changed++;
    if (this.#changed.length < this.#most) this.#changed.push({ key: after.key, changes });
  }

  get result(): FleetComparison {
    return { counts: this.#counts, created: this.#created, deleted: this.#deleted, changed: this.#changed };
  }
}
