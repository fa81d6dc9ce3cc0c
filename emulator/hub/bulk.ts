import { HubError } from '../../protocol/errors.ts';
import { keyOf } from '../../protocol/identity-key.ts';
import type { Json } from '../../protocol/json.ts';
import type { Limits } from '../../protocol/limits.ts';
import { type ExportImportDevice, itemKey, readExportImportDevice } from './export-import-device.ts';
import { type KeyRotation, rotateKeys } from './key-rotation.ts';
import type { Registry } from './registry.ts';
import type { Twins } from './twins.ts';

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

/** The answer to a bulk request; as the service writes it. */
export interface BulkResult {
  readonly isSuccessful: boolean;
  readonly errors: readonly BulkError[];
  readonly warnings: readonly BulkWarning[];
}

/** Room: many identities and twins at once. */
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
   * Applies an array of items in its order; what one item does wrong keeps none of the others.
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

  /** Does what one item says. Throws as the operations of registry and twins do. */
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
   * Does what a line of an import says; the metadata that comes along replaces the twin's. Throws as `write` does.
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
        warningStatus: error.message,
      };
    }
  }

  /** A twin that comes along replaces the sections it has; its etag counts apart from the identity's. */
  #update({ name, identity, twin, twinEtag }: ExportImportDevice, ifMatch: string): undefined {
    const { key } = this.#registry.replace(name, identity, ifMatch);
    if (twin !== undefined) this.#twins.replaceSections(key, twin, twinEtag);
  }
}

/** Without an etag nothing can match. */
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
    errorStatus: error.message,
    moduleId: name.moduleId ?? null,
    operation: null,
  };
};
