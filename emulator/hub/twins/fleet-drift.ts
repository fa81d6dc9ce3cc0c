import { countDrift, type Drift, driftOf } from '../../../protocol/drift.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Json } from '../../../protocol/json.ts';
import { pathText, valueAt } from '../../../protocol/json-paths.ts';
import type { FleetView } from '../fleet/fleet.ts';
import type { Member } from '../fleet/member.ts';
import { visitMembers } from '../fleet/visit-members.ts';
import type { Twin } from './twin.ts';

/** What the devices and modules of a hub have not followed. */
export interface FleetDrift {
  /** How many twins were examined. */
  readonly examined: number;
  /** How many have reported something else than is desired, and how many have only not reported it. */
  readonly different: number;
  readonly missing: number;
  /** By path, as queries write it; those that most twins have first. */
  readonly properties: readonly DriftingProperty[];
  /** Those that have reported something else, then those that have not reported. */
  readonly twins: readonly DriftingTwin[];
}

export interface DriftingProperty {
  readonly path: string;
  readonly different: number;
  readonly missing: number;
}

export interface DriftingTwin {
  readonly key: IdentityKey;
  readonly different: number;
  readonly missing: number;
}

/** Different paths that are counted: names are what services make up. */
const MOST_PATHS = 1000;

/** What is desired of one twin, and not so. */
export const twinDrift = ({ desired, reported }: Twin): readonly Drift[] =>
  driftOf(desired.values, reported.values, desired.version);

/** One difference as a document: what is desired beside what was reported. */
export const renderDrift = ({ desired }: Twin, { path, ...drift }: Drift) => ({
  path: pathText(path),
  ...drift,
  desired: valueAt(desired.values, path) as Json, // a path of these values
});

/** All twins, as of one moment; yields between short slices. `most`: twins that are named. */
export function* fleetDrift({ devices, modules }: FleetView, most: number): Generator<void, FleetDrift> {
  const tally = new Tally(most);
  yield* visitMembers([devices, modules], (member) => tally.add(member));
  return tally.result();
}

class Tally {
  readonly #most: number;
  readonly #properties = new Map<string, { path: string; different: number; missing: number }>();
  readonly #different: DriftingTwin[] = [];
  readonly #missing: DriftingTwin[] = [];
  #examined = 0;
  #differentCount = 0;
  #missingCount = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add({ key, twin }: Member): void {
    this.#examined++;
    const drift = twinDrift(twin);
    if (drift.length === 0) return;
    for (const one of drift) this.#count(one);
    const { different, missing } = countDrift(drift);
    if (different > 0) this.#differentCount++;
    else this.#missingCount++;
    const list = different > 0 ? this.#different : this.#missing;
    if (list.length < this.#most) list.push({ key, different, missing });
  }

  result(): FleetDrift {
    return {
      examined: this.#examined,
      different: this.#differentCount,
      missing: this.#missingCount,
      properties: [...this.#properties.values()].sort((a, b) => b.different - a.different || b.missing - a.missing),
      twins: [...this.#different, ...this.#missing].slice(0, this.#most),
    };
  }

  #count({ path, kind }: Drift): void {
    const text = pathText(path);
    let counted = this.#properties.get(text);
    if (counted === undefined) {
      if (this.#properties.size >= MOST_PATHS) return;
      counted = { path: text, different: 0, missing: 0 };
      this.#properties.set(text, counted);
    }
    if (kind === 'missing') counted.missing++;
    else counted.different++;
  }
}
