import { HubError } from '../../../protocol/errors.ts';
import { keyOf } from '../../../protocol/identity-key.ts';
import type { Json } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { type KeyRotation, rotateKeys } from '../registry/key-rotation.ts';
import type { Registry } from '../registry/registry.ts';
import type { Twins } from '../twins/twins.ts';
import { type ExportImportDevice, itemKey, readExportImportDevice } from './export-import-device.ts';

export interface BulkError {
  readonly deviceId: string;
  /** The hub's name of the error, such as `DeviceAlreadyExists`. */
  readonly errorCode: string;
  readonly errorStatus: string;
  readonly moduleId: string | null;
  readonly operation: null;
}

export interface BulkWarning {
  readonly deviceId: string;
  readonly warningCode: 'DeviceRegisteredWithoutTwin';
  readonly warningStatus: string;
}

/** The answer to a bulk request, as the service writes it. */
export interface BulkResult {
  readonly isSuccessful: boolean;
  readonly errors: readonly BulkError[];
  readonly warnings: readonly BulkWarning[];
}

/** Writes many identities and twins at once. It has no state. */
export class BulkRegistry {
  readonly #registry: Registry;
  readonly #twins: Twins;
  readonly #limits: Limits;

  constructor(parts: { registry: Registry; twins: Twins; limits: Limits }) {
    this.#registry = parts.registry;
    this.#twins = parts.twins;
    this.#limits = parts.limits;
  }

  /**
   * Applies the items of an array in their order; an error in one item does not affect the others.
   * Throws ArgumentInvalid, TooManyDevices, DeviceDefinedMultipleTimes before anything is done.
   * https://learn.microsoft.com/rest/api/iothub/service/bulk-registry/update-registry
   */
  apply(body: Json): BulkResult {
    if (!Array.isArray(body))
      throw new HubError('ArgumentInvalid', 'The request body must be a JSON array of devices.');
    if (body.length > this.#limits.bulkMax)
      throw new HubError('TooManyDevices', `A request may hold at most ${this.#limits.bulkMax} devices.`);
    const items = body.map(readExportImportDevice);
    const seen = new Set<string>();
    for (const item of items) {
      if (seen.has(itemKey(item)))
        throw new HubError('DeviceDefinedMultipleTimes', `DeviceDefinedMultipleTimes, device ID ${item.name.deviceId}`);
      seen.add(itemKey(item));
    }
    const errors: BulkError[] = [];
    const warnings: BulkWarning[] = [];
    for (const item of items) {
      try {
        const warning = this.write(item);
        if (warning !== undefined) warnings.push(warning);
      } catch (error) {
        errors.push(bulkError(item, error));
      }
    }
    return { isSuccessful: errors.length === 0, errors, warnings };
  }

  /** Makes new keys for many devices and modules. Throws InvalidPolicyKey, ArgumentInvalid, TooManyDevices. */
  rotateKeys(body: Json): KeyRotation {
    return rotateKeys(this.#registry, body, this.#limits);
  }

  /** Applies one item. Throws as the operations of registry and twins do. */
  write(item: ExportImportDevice): BulkWarning | undefined {
    const { name, mode, twin } = item;
    const key = keyOf(name);
    switch (mode) {
      case 'create':
        return this.#create(item);
      case 'createOrUpdate':
      case 'createOrUpdateIfMatchETag':
        if (this.#registry.find(key) === undefined) return this.#create(item);
        return this.#update(item, mode === 'createOrUpdate' ? '*' : etagOf(item));
      case 'update':
        return this.#update(item, '*');
      case 'updateIfMatchETag':
        return this.#update(item, etagOf(item));
      case 'delete':
        this.#registry.delete(name, '*');
        return undefined;
      case 'deleteIfMatchETag':
        this.#registry.delete(name, etagOf(item));
        return undefined;
      case 'updateTwin':
        this.#twins.patch(key, twin ?? {});
        return undefined;
      case 'updateTwinIfMatchETag':
        this.#twins.patch(key, twin ?? {}, required(item.twinEtag ?? item.etag));
        return undefined;
      default:
        return mode satisfies never;
    }
  }

  /**
   * Applies a line of an import; its metadata replaces that of the twin. Throws as `write` does.
   * https://learn.microsoft.com/azure/iot-hub/iot-hub-bulk-identity-mgmt#import-behavior
   */
  import(item: ExportImportDevice): BulkWarning | undefined {
    const warning = this.write(item);
    const key = keyOf(item.name);
    if (warning === undefined && item.metadata !== undefined && this.#registry.find(key) !== undefined)
      this.#twins.backdate(key, item.metadata);
    return warning;
  }

  #create({ name, identity, twin }: ExportImportDevice): BulkWarning | undefined {
    const { key } = this.#registry.create(name, identity);
    if (twin === undefined) return undefined;
    try {
      this.#twins.patch(key, twin);
      return undefined;
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      return {
        deviceId: name.deviceId,
        warningCode: 'DeviceRegisteredWithoutTwin',
        warningStatus: error.text,
      };
    }
  }

  /** The twin of an item replaces the sections that it has; it has an etag of its own. */
  #update({ name, identity, twin, twinEtag }: ExportImportDevice, ifMatch: string): undefined {
    const { key } = this.#registry.replace(name, identity, ifMatch);
    if (twin !== undefined) this.#twins.replaceSections(key, twin, twinEtag);
  }
}

/** Throws PreconditionFailed without an etag. */
const required = (etag: string | undefined): string => {
  if (etag === undefined) throw new HubError('PreconditionFailed', 'Precondition failed: Etag missing');
  return etag;
};

const etagOf = (item: ExportImportDevice): string => required(item.etag);

const bulkError = ({ name }: ExportImportDevice, error: unknown): BulkError => {
  if (!(error instanceof HubError)) throw error;
  return {
    deviceId: name.deviceId,
    errorCode: error.code,
    errorStatus: error.text,
    moduleId: name.moduleId ?? null,
    operation: null,
  };
};
