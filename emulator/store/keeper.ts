import { HubError } from '../../protocol/errors.ts';
import type { HubChange } from '../hub/changes.ts';
import type { Kept } from '../servers/kept.ts';
import { Answers } from './answers.ts';
import { Batch, type Noted } from './batch.ts';
import { ChangeLog, NO_LOG } from './change-log.ts';
import type { Durability } from './durability.ts';
import { fullCopy } from './full-copy.ts';
import type { KeeperParts, Others } from './keeper-parts.ts';
import { changeOf, RowMap, type RowState } from './row-map.ts';
import { keyOfRow, type RowName, rowFrom } from './row-text.ts';
import { reasonOf } from './state-store.ts';
import { writeAll } from './write-all.ts';

const UNAVAILABLE = 'The service is unavailable: the hub cannot be written to disk.';
const REMEDY = 'make room in it, or make it writable; the emulator goes on by itself. Reads are answered meanwhile';
const RETRY_MS = 1_000;
/** How long `fast` gathers changes, ms: a row that changes often is written once. */
const FAST_MS = 100;

/**
 * Keeps a hub in a store: writes its changes, one batch after the other. If a batch fails, the hub goes back to what is kept,
 * takes no writes, and goes on when the store can be written again.
 */
export class Keeper implements Kept {
  readonly #parts: KeeperParts;
  readonly #rows: ChangeLog;
  #next = new Batch();
  #writing: Batch | undefined;
  /** Resolves when `#writing` is over. */
  #written: Promise<void> = Promise.resolve();
  readonly #answers = new Answers();
  #isPlanned = false;
  #isHeld = false;
  /** True while rows go back to what is kept. */
  #isGoingBack = false;
  #refusal: HubError | undefined;
  /** While the store fails: rows that a batch may have left in it, as they must be. */
  readonly #owed = new RowMap<RowState>();
  readonly #listeners = new Set<(error: HubError) => void>();
  #others: Others | undefined;
  /** The store was removed, and does not have all rows again yet. */
  #isEmptied = false;
  #retry: NodeJS.Timeout | undefined;
  #stop: () => void = () => {};

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#rows = new ChangeLog(parts.hub.changes, parts.kept ?? NO_LOG, parts.mostLog);
  }

  /** Follows the changes from now on, but writes none of them before `first` is done. */
  async start(first: () => Promise<void> = async () => {}): Promise<void> {
    this.#isHeld = true;
    this.#stop = this.#parts.hub.changes.follow(({ name }) => (key, value, place, before) => {
      if (this.#isGoingBack) return;
      // a full copy may have the change, which must not be made again
      const isCopied = this.#isHeld || this.#refusal !== undefined;
      this.#next.note(name, key, value, place, isCopied ? undefined : before);
      this.#plan();
    });
    await first();
    this.#isHeld = false;
    if (!this.#next.isEmpty) this.#plan();
  }

  get durability(): Durability {
    return this.#parts.durability;
  }

  get refusal(): HubError | undefined {
    return this.#refusal;
  }

  after(act: () => void, failed: (error: HubError) => void): void {
    const batch = this.#next.isEmpty ? this.#writing : this.#next;
    if (batch === undefined || this.#refusal !== undefined || this.durability === 'fast') act();
    else batch.waiters.push({ act, failed });
  }

  onFailure(act: (error: HubError) => void): () => void {
    const listener = (error: HubError): void => act(error); // of this call only
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** What it keeps besides the rows of the hub. */
  watchRemoval(others: Others): void {
    this.#others = others;
  }

  /** Keeps something that is not a row of the hub: a text, or how it is made when it is written. No text removes it. */
  keep(key: string, text: string | (() => string) | undefined): void {
    this.#next.others.set(key, text);
    this.#plan();
  }

  /** Writes what is left, and closes the store. */
  async close(): Promise<void> {
    this.#stop();
    clearTimeout(this.#retry);
    if (this.#refusal !== undefined) await this.#writeAgain();
    while (this.#refusal === undefined && (this.#writing !== undefined || !this.#next.isEmpty)) {
      if (this.#writing === undefined) this.#begin();
      await this.#written;
    }
    this.#answers.giveAll();
    clearTimeout(this.#retry);
    if (this.#refusal === undefined) await this.#shorten();
    await this.#parts.store.close();
  }

  /** So that the next start need not read the log. */
  async #shorten(): Promise<void> {
    if (this.#rows.isEmpty) return;
    try {
      await writeAll(this.#parts.store, [this.#rows.fold().writes], true);
    } catch (error) {
      this.#parts.log.warn('The next start reads the changes of this one', { cause: reasonOf(error) });
    }
  }

  #plan(): void {
    if (this.#isHeld || this.#isPlanned || this.#writing !== undefined || this.#refusal !== undefined) return;
    this.#isPlanned = true;
    if (this.durability === 'fast') setTimeout(() => this.#begin(), FAST_MS);
    else setImmediate(() => this.#begin()); // what is read in this turn is written together
  }

  #begin(): void {
    this.#isPlanned = false;
    if (this.#writing !== undefined || this.#refusal !== undefined || this.#next.isEmpty) return;
    const batch = this.#next;
    this.#next = new Batch();
    this.#writing = batch;
    this.#written = this.#attempt(batch).then(
      () => this.#succeeded(batch),
      (error: unknown) => this.#failed(batch, error),
    );
  }

  async #attempt(batch: Batch, isDurable = this.durability === 'sync'): Promise<void> {
    const step = this.#rows.step(batch.rows);
    await writeAll(this.#parts.store, [batch.otherWrites(), step.writes], isDurable);
    step.done();
  }

  #succeeded({ waiters }: Batch): void {
    this.#writing = undefined;
    if (!this.#next.isEmpty) this.#plan(); // not begun yet: what is read in this turn is written together, before it is answered
    this.#answers.give(waiters);
  }

  #failed(batch: Batch, error: unknown): void {
    this.#answers.giveAll();
    const { hub, log, folder } = this.#parts;
    const lost = [batch, this.#next];
    this.#next = new Batch();
    this.#writing = undefined;
    const cause = `the folder ${folder} cannot be written: ${reasonOf(error)}`;
    this.#refusal = new HubError('ServiceUnavailable', UNAVAILABLE, { hint: `${cause}; writes go on when it can be` });
    log.warn('Stopped taking writes', { cause, remedy: REMEDY });
    hub.scheduler.pause();
    for (const failed of [...this.#listeners]) failed(this.#refusal);
    this.#goBack(lost);
    for (const { waiters } of lost) for (const { failed } of waiters) failed(this.#refusal);
    hub.events.publish({ type: 'store.failed', cause, remedy: REMEDY });
    this.#tryLater();
  }

  /** The hub goes back to what is kept. What cannot be read stays as it is, to be written later. */
  #goBack(batches: readonly Batch[]): void {
    const { hub } = this.#parts;
    for (const { others } of batches) for (const [key, text] of others) this.#next.others.set(key, text);
    const lost = new RowMap<Noted>();
    for (const { rows } of batches)
      for (const [name, noted] of rows.entries()) if (lost.find(name) === undefined) lost.set(name, noted);
    try {
      const kept = Array.from(lost.entries(), ([name, noted]) => this.#kept(name, noted));
      for (const row of kept) this.#owed.set(row, row);
      hub.takeBack(() => this.#load(kept));
    } catch (error) {
      for (const batch of batches) this.#next.add(batch);
      this.#parts.log.warn('Kept changes that were not acknowledged', { cause: reasonOf(error) });
    }
  }

  /** A row as it is kept, before changes that were not. */
  #kept(name: RowName, { before, placeBefore }: Noted): HubChange {
    if (before !== undefined) return changeOf(name, { value: before, place: placeBefore });
    const known = this.#rows.find(name);
    if (known !== undefined) return known;
    const key = keyOfRow(name);
    return rowFrom(this.#parts.hub.changes, { key, text: this.#parts.store.readNow([key])[0] });
  }

  /** Takes over rows that are kept. */
  #load(rows: readonly HubChange[]): void {
    this.#isGoingBack = true;
    try {
      for (const row of rows) this.#parts.hub.changes.load(row);
    } finally {
      this.#isGoingBack = false;
    }
  }

  #tryLater(): void {
    this.#retry = setTimeout(() => void this.#writeAgain(), this.#parts.retryMs ?? RETRY_MS).unref();
  }

  async #writeAgain(): Promise<void> {
    const { hub, store, log } = this.#parts;
    const batch = new Batch();
    try {
      if (store.isRemoved) this.#others?.read();
      this.#isEmptied = (await store.reopen()) === 'empty' || this.#isEmptied;
      if (this.#isEmptied) {
        await fullCopy(hub, store);
        this.#others?.keepAgain();
        this.#isEmptied = false;
      }
      batch.add(this.#next); // as a whole
      this.#next = new Batch();
      const folded = this.#rows.fold(this.#owed);
      await writeAll(store, [folded.writes], false);
      folded.done();
      await this.#attempt(batch, true);
    } catch {
      const since = this.#next;
      this.#next = new Batch();
      for (const each of [batch, since]) this.#next.add(each);
      this.#tryLater();
      return;
    }
    this.#owed.clear();
    this.#refusal = undefined;
    log.info('Takes writes again', { folder: this.#parts.folder });
    hub.events.publish({ type: 'store.recovered' });
    hub.scheduler.resume();
    if (!this.#next.isEmpty) this.#plan();
  }
}
