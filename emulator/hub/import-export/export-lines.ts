import { HubError } from '../../../protocol/errors.ts';
import { isObject, type Json, type JsonObject, own } from '../../../protocol/json.ts';
import { parseBounded } from '../../kernel/json-depth.ts';
import type { Configurations } from '../configurations/configurations.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { BulkRegistry } from './bulk.ts';
import { pascalCased, readConfigurationLine } from './configuration-line.ts';
import { readExportImportDevice, renderExportImportDevice } from './export-import-device.ts';

/** The registry as lines of JSON, as in files of imports and exports. */
export class ExportLines {
  readonly #fleet: Fleet;
  readonly #bulk: BulkRegistry;
  readonly #configurations: Configurations;

  constructor(parts: { fleet: Fleet; bulk: BulkRegistry; configurations: Configurations }) {
    this.#fleet = parts.fleet;
    this.#bulk = parts.bulk;
    this.#configurations = parts.configurations;
  }

  /**
   * Every device, then every module, as they are when the first line is read; `excludeKeys`: without keys.
   * https://learn.microsoft.com/azure/iot-hub/iot-hub-bulk-identity-mgmt#export-devices
   */
  *devices(options: { excludeKeys: boolean }): Generator<string> {
    if (options.excludeKeys) yield NO_KEYS;
    const views = [this.#fleet.devices.view(), this.#fleet.modules.view()];
    try {
      for (const view of views)
        for (let slot = 0; slot < view.end; slot++) {
          const member = view.at(slot);
          if (member !== undefined) yield JSON.stringify(renderExportImportDevice(member, options));
        }
    } finally {
      for (const view of views) view.close();
    }
  }

  *configurations(): Generator<string> {
    for (const configuration of this.#configurations.list())
      yield JSON.stringify(pascalCased(this.#configurations.render(configuration)));
  }

  /** Applies a line with a device or module. Returns an error or warning as a line of the error log. */
  writeDevice(line: string): string | undefined {
    return attempt(line, (item) => {
      if (own(item, 'status') === undefined) throw new HubError('ArgumentInvalid', 'A device must have a status.');
      const warning = this.#bulk.import(readExportImportDevice(item));
      return warning === undefined ? undefined : { ...warning };
    });
  }

  /** Applies a line with an automatic configuration; returns as `writeDevice` does. */
  writeConfiguration(line: string): string | undefined {
    return attempt(line, (item) => {
      const { id, body, etag } = readConfigurationLine(item);
      const isKnown = this.#configurations.list().some((known) => known.id === id);
      this.#configurations.put(id, body, isKnown ? etag : undefined);
      return undefined;
    });
  }
}

// observed 2026-08 on a live hub: the first line is plain text; what it says is not documented
const NO_KEYS = 'Keys were excluded from this export: devices imported from it get new ones.';

const attempt = (line: string, write: (item: JsonObject) => JsonObject | undefined): string | undefined => {
  let item: Json = null;
  try {
    item = parse(line);
    if (!isObject(item)) throw new HubError('ArgumentInvalid', 'A line must be a JSON object.');
    const remark = write(item);
    return remark === undefined ? undefined : JSON.stringify(remark);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return JSON.stringify({ ...nameIn(item), errorCode: error.number, errorStatus: error.text });
  }
};

const parse = (line: string): Json => {
  try {
    return parseBounded(line);
  } catch {
    throw new HubError('IotHubFormatError', 'The line is not valid JSON.');
  }
};

const nameIn = (item: Json): JsonObject => {
  if (!isObject(item)) return { deviceId: null };
  const [id, moduleId] = [own(item, 'id') ?? own(item, 'Id') ?? null, own(item, 'moduleId')];
  return { deviceId: id, ...(typeof moduleId === 'string' ? { moduleId } : {}) };
};
