import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { App } from '../../state/app.ts';
import { plainSection } from '../../text/paths.ts';
import { type OpenDevice, sectionOf } from './data.ts';
import { type Checked, checkEdit, type Mode, type Target } from './twin-check.ts';

type Parts = Pick<App, 'drafts' | 'service'>;

/** Room: what is typed into the editor of a twin, one text for each part and way; kept as drafts until it is sent. */
export class TwinEdit {
  readonly #parts: Parts;
  readonly #device: OpenDevice;
  readonly #target = signal<Target>('desired');
  readonly #mode = signal<Mode>('patch');
  readonly #text = signal('');
  /** What the hub would say. */
  readonly checked: ReadonlySignal<Checked>;

  constructor(parts: Parts, device: OpenDevice) {
    this.#parts = parts;
    this.#device = device;
    this.checked = computed(() => this.#check());
    this.open('desired', 'patch');
  }

  get target(): ReadonlySignal<Target> {
    return this.#target;
  }

  get mode(): ReadonlySignal<Mode> {
    return this.#mode;
  }

  get text(): ReadonlySignal<string> {
    return this.#text;
  }

  get isEmpty(): boolean {
    return this.#text.value.trim() === '';
  }

  /** Edits another part, or in another way; a replacement begins with what is there. */
  open(target: Target, mode: Mode): void {
    this.#target.value = target;
    this.#mode.value = mode;
    const draft = this.#parts.drafts.read(this.#draft());
    this.#text.value = draft ?? (mode === 'replace' ? JSON.stringify(this.#current(), null, 2) : '');
  }

  write(text: string): void {
    this.#text.value = text;
    this.#parts.drafts.write(this.#draft(), text);
  }

  /** Sends the text and empties it. Throws ApiError. */
  async send(): Promise<void> {
    const checked = this.checked.peek();
    if (!('patch' in checked)) return;
    const { key } = this.#device;
    const isTags = this.#target.peek() === 'tags';
    const sent = isTags ? { tags: checked.patch } : { properties: { desired: checked.patch } };
    if (this.#mode.peek() === 'patch') await this.#parts.service.patchTwin(key, sent);
    else await this.#parts.service.replaceTwin(key, { ...this.#other(isTags), ...sent });
    this.write('');
  }

  /** A replacement names both parts, since what is left out is deleted. */
  #other(isTags: boolean) {
    const twin = this.#device.twin.value.peek();
    return isTags
      ? { properties: { desired: plainSection(twin?.properties.desired) } }
      : { tags: plainSection(twin?.tags) };
  }

  #current() {
    const twin = this.#device.twin.value.value;
    return twin === undefined ? {} : plainSection(sectionOf(this.#target.value, twin));
  }

  #check(): Checked {
    return checkEdit({
      target: this.#target.value,
      mode: this.#mode.value,
      text: this.#text.value,
      current: this.#current(),
      version: this.#device.twin.value.value?.properties.desired.$version,
      isListening: this.#device.connection.value.value?.subscriptions.desired !== undefined,
    });
  }

  #draft(): string {
    return `${this.#mode.peek()}/${this.#target.peek()}/${this.#device.key}`;
  }
}
