import { expect } from 'vitest';
import type { Fleet } from '../../../emulator/hub/fleet/fleet.ts';
import type { Member } from '../../../emulator/hub/fleet/member.ts';
import type { Actor } from '../../../emulator/hub/history/actors.ts';
import { History } from '../../../emulator/hub/history/history.ts';
import { versionsJson } from '../../../emulator/hub/history/history-json.ts';
import type { Moment, Since, Version } from '../../../emulator/hub/history/version.ts';
import type { VersionList } from '../../../emulator/hub/history/version-list.ts';
import { newHub, refusal } from '../hub/hub.ts';

/** Bytes of an id, besides its earlier versions. */
const KEPT_BYTES = 300;
export const KEYS = ['a', 'b', 'a/m'];

/** What the hub had after a write. */
type Row = Pick<Version, 'event' | 'at' | 'by' | 'member'>;

/** A history of the rows of a hub, a copy that gets nothing but texts of its changes, and what both must be. */
export class HistoryWorld {
  readonly hub: ReturnType<typeof newHub>['hub'];
  readonly clock: ReturnType<typeof newHub>['clock'];
  readonly #fleet: Fleet;
  readonly #limit: number;
  readonly #maxBytes: number;
  readonly #rows = new Map<string, Row[]>();
  readonly #copies = new Map<string, VersionList>();
  /** Since the last batch: what a list was before it, and what it is. */
  readonly #batch = new Map<string, [before: VersionList | undefined, after: VersionList | undefined]>();
  readonly #taken: { readonly list: VersionList; readonly text: string }[] = [];
  #history: History;
  /** Of the latest version. */
  #at: number;

  constructor(limit: number, maxBytes: number) {
    ({ hub: this.hub, clock: this.clock } = newHub({ history: 0 }));
    this.#at = this.clock.now();
    this.#fleet = this.hub.fleet as Fleet; // everyone else gets the view
    [this.#limit, this.#maxBytes] = [limit, maxBytes];
    this.#fleet.listen((before, after, reported) => {
      const row = after ?? before;
      if (row === undefined || (before?.twin === after?.twin && before?.identity === after?.identity)) return;
      const by = this.hub.actors.current ?? (reported ? { kind: 'device', id: row.key } : { kind: 'program' });
      const noted = { event: this.hub.events.sequence + 1, at: this.clock.now(), by: by as Actor, member: after };
      this.#rows.set(row.key, [...(this.#rows.get(row.key) ?? []), noted]);
      this.#at = noted.at;
    });
    this.#history = this.#newHistory();
  }

  #newHistory(): History {
    const { events, actors } = this.hub;
    const { clock } = this;
    const history = new History({ fleet: this.#fleet, events, clock, actors }, this.#limit, this.#maxBytes);
    history.spaces[0].setListener((key, after, _place, before) => {
      this.#batch.set(key, [this.#batch.has(key) ? this.#batch.get(key)?.[0] : before, after]);
    });
    return history;
  }

  /** Writes what has changed. */
  flush(): void {
    for (const [key, [before, after]] of this.#batch) {
      const copy = this.#copies.get(key);
      if (after === undefined) this.#copies.delete(key);
      else if (before === undefined || copy === undefined) this.#copies.set(key, again(after));
      else this.#copies.set(key, change(copy, before, after));
    }
    this.#batch.clear();
  }

  /** Goes on with another history, which is loaded from texts: of whole lists, or of changes. */
  restart(from: 'lists' | 'changes'): void {
    this.flush();
    const [lists, begin] = this.#history.spaces;
    lists.setListener(undefined);
    const [rows, moments] = [[...lists.entries()], [...begin.entries()]];
    this.#history = this.#newHistory();
    for (const { key, value, place } of rows)
      this.#history.spaces[0].load({ key, value: from === 'lists' ? again(value) : this.#copies.get(key), place });
    for (const moment of moments) this.#history.spaces[1].load(moment);
    this.#batch.clear();
    for (const { key, value } of rows) if (from === 'lists') this.#copies.set(key, again(value));
    this.#history.resume();
    // what is not kept any more does not tell of the clock
    const latest = rows.map(({ value }) => value).sort((a, b) => a.event - b.event);
    this.#at =
      [this.#since, ...latest.flatMap(({ last }) => last ?? [])].findLast(({ event }) => event >= this.#since.event)
        ?.at ?? 0;
  }

  /** Takes lists, to see later that they have not changed. */
  take(): void {
    const lists = Array.from(this.#history.spaces[0].entries(), ({ value }) => value);
    for (const list of [...lists, ...this.#copies.values()]) this.#taken.push({ list, text: textOf(list) });
  }

  checkBytes(): void {
    const lists = [...this.#history.spaces[0].entries()].map(({ value }) => value);
    const earlier = lists.flatMap(({ kept }) => kept.slice(0, -1).map(({ bytes }) => bytes));
    for (const bytes of earlier) expect(bytes).toBeGreaterThanOrEqual(0);
    expect(this.#history.bytes).toBe(lists.length * KEPT_BYTES + earlier.reduce((sum, bytes) => sum + bytes, 0));
  }

  check(): void {
    this.flush();
    for (const key of KEYS) this.#checkMoments(key, this.#checkList(key));
    for (const { list, text } of this.#taken) expect(textOf(list)).toBe(text);
    const lists = [...this.#history.spaces[0].entries()];
    expect([...this.#copies.keys()].sort()).toEqual(lists.map(({ key }) => key).sort());
    for (const { key, value } of lists) {
      expect(textOf(again(value))).toBe(textOf(value));
      const copy = this.#copies.get(key);
      expect(copy && textOf(copy)).toBe(textOf(value));
    }
  }

  get #since(): Since {
    return [...this.#history.spaces[1].entries()].find(({ key }) => key === 'since')?.value as Since;
  }

  #checkList(key: string): readonly Version[] {
    const since = this.#since;
    const all = this.#rows.get(key) ?? [];
    const inForce = all.findLastIndex(({ event }) => event <= since.event);
    const reached = all.slice(Math.max(0, inForce)).slice(-this.#limit);
    let versions: readonly Version[] = [];
    const refused = refusal(() => {
      versions = this.#history.list(key);
    });
    const [first] = reached;
    const wasGone = first !== undefined && first.member === undefined && first.event <= since.event;
    if (refused !== undefined) {
      expect(refused.code).toBe(notFound(this.#fleet, key));
      expect(first === undefined || (wasGone && reached.length === 1)).toBe(true);
      return [];
    }
    const { number = 0 } = versions.at(-1) ?? {};
    expect(versions.map((one) => one.number)).toEqual(versions.map((_, place) => number - versions.length + 1 + place));
    if (since.event === 0) expect(number).toBe(all.length);
    // an id that was swept when it was gone begins again
    const isNew = wasGone && versions.length === reached.length - 1 && versions[0]?.number === 1;
    const expected = isNew ? reached.slice(1) : reached;
    expect(versions.map(said)).toEqual(expected.map((row, place) => said(begun(row, versions[place], since))));
    return versions;
  }

  #checkMoments(key: string, versions: readonly Version[]): void {
    const since = this.#since;
    const latest = { event: this.hub.events.sequence, at: this.clock.now() };
    const moments = [since, latest, ...versions, ...(this.#rows.get(key) ?? []).slice(-50)];
    for (const { event, at } of moments)
      for (const moment of [{ event: event - 1 }, { event }, { event: event + 1 }, { at: at - 1 }, { at }])
        this.#checkMoment(key, moment, { versions, since, latest });
  }

  /** Events between which the clock was not set back, and the times that they can have. */
  #stretches(latest: Since) {
    const backs = [...this.#history.spaces[1].entries()]
      .flatMap(({ key, value }) => (key.startsWith('set-back/') ? [value as Since & { to: number }] : []))
      .sort((a, b) => a.event - b.event);
    if (latest.at < this.#at) backs.push({ event: latest.event, at: this.#at, to: latest.at });
    return [...backs, undefined].map((next, place) => {
      const { event: after, to: from } = backs[place - 1] ?? { event: -1, to: Number.NEGATIVE_INFINITY };
      return { after, from, to: next?.at ?? latest.at, until: next?.event ?? Number.POSITIVE_INFINITY };
    });
  }

  #checkMoment(key: string, moment: Moment, known: Known): void {
    const { versions, since, latest } = known;
    const stretch =
      'at' in moment
        ? this.#stretches(latest).findLast(({ from, to }) => from <= moment.at && moment.at <= to)
        : undefined;
    const isIn = (one: Since): boolean => {
      if ('event' in moment) return one.event <= moment.event;
      if (stretch === undefined) return false;
      return one.event <= stretch.after || (one.event <= stretch.until && one.at <= moment.at);
    };
    const isToCome = 'event' in moment ? moment.event > latest.event : stretch === undefined;
    let row: Member | undefined;
    const code = refusal(() => {
      row = this.#history.at(key, moment);
    })?.code;
    const version = versions.findLast(isIn);
    const isDropped = version === undefined && (versions[0]?.number ?? 1) > 1;
    if (isToCome) expect(code).toBe('ArgumentInvalid');
    else if (!isIn(since) || isDropped) expect(code).toBe('GenericNotFound');
    else if (version?.member === undefined) expect(code).toMatch(/^(Device|Module)NotFound$/);
    else expect([code, row]).toEqual([undefined, version.member]);
  }
}

type Known = { readonly versions: readonly Version[]; readonly since: Since; readonly latest: Since };

const again = (list: VersionList): VersionList =>
  versionsJson.fromJson(JSON.parse(JSON.stringify(versionsJson.toJson(list))));

/** Twice: the second time the list is as it was, though others were made of it. */
const change = (copy: VersionList, before: VersionList, after: VersionList): VersionList => {
  const { changes } = versionsJson;
  if (changes === undefined) return copy;
  const made = JSON.parse(changes.toText(before, after));
  changes.apply(copy, made);
  return changes.apply(copy, made);
};

const said = ({ event, at, by, member }: Row) => ({ event, at, by, member, text: JSON.stringify(member?.twin) });

const textOf = (list: VersionList): string =>
  JSON.stringify(list.versions.map((version) => [version.number, said(version)]));

/** A version with which a history began is a row whose presence was not noted. */
const begun = (row: Row, version: Version | undefined, since: Since): Row => {
  const { member } = version ?? {};
  if (version?.by.kind !== 'start' || version.number !== 1 || version.event > since.event || !row.member) return row;
  return { ...version, member: member && { ...member, twin: row.member.twin, identity: row.member.identity } };
};

const notFound = (fleet: Fleet, key: string): string | undefined => refusal(() => fleet.identify(key))?.code;
