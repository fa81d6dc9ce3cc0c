import type { Template } from '../../protocol/admin/simulated.ts';
import { DEVICE_TEMPLATES } from '../../protocol/device-templates.ts';
import { HubError } from '../../protocol/errors.ts';
import { keySpace } from '../kernel/change-feed.ts';
import { StateMap } from '../kernel/state-map.ts';

/** What a device of a kind sends, reports and answers when it is simulated. */
export type DeviceTemplate = Template & { readonly title: string };

const MOST = 100;
/** Characters of one as JSON. */
const LONGEST = 32 * 1024;
const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

/** Room: templates of simulated devices that users have saved, besides those that every hub has. */
export class DeviceTemplates {
  readonly #saved = new StateMap<DeviceTemplate>();

  get space() {
    return keySpace('device-templates', this.#saved);
  }

  /** Saves it; one of the same name is replaced. Throws ArgumentInvalid, GenericConflict, GenericRequestEntityTooLarge. */
  save(name: string, template: DeviceTemplate): void {
    if (!NAME.test(name))
      throw new HubError('ArgumentInvalid', `${name.slice(0, 64)} is not a valid name of a template.`, {
        hint: 'use at most 64 letters, digits, hyphens, dots and underscores, the first one a letter or a digit',
      });
    if (Object.hasOwn(DEVICE_TEMPLATES, name))
      throw new HubError('GenericConflict', `${name} is a template that every hub has: choose another name.`);
    if (JSON.stringify(template).length > LONGEST)
      throw new HubError('GenericRequestEntityTooLarge', `A template has at most ${LONGEST} characters as JSON.`);
    if (this.#saved.size >= MOST && !this.#saved.has(name))
      throw new HubError('GenericConflict', `There are ${MOST} templates already: delete one of them.`);
    this.#saved.set(name, template);
  }

  /** Throws GenericNotFound. */
  delete(name: string): void {
    if (!this.#saved.delete(name)) throw new HubError('GenericNotFound', `No template ${name.slice(0, 64)} is saved.`);
  }

  /** Those that every hub has, then those that were saved. */
  list(): readonly (DeviceTemplate & { readonly name: string; readonly isSaved: boolean })[] {
    return [
      ...Object.entries(DEVICE_TEMPLATES).map(([name, template]) => ({ name, ...template, isSaved: false })),
      ...Array.from(this.#saved.entries(), ({ key, value }) => ({ name: key, ...value, isSaved: true })),
    ];
  }
}
