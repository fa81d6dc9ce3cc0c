import type { JsonObject } from '../protocol/json.ts';

/** A module that exists from the start. */
export interface ModuleOptions {
  /** Its id; of a device with `{i}` in it if there is a `count`. */
  readonly id: string;
  /** Default `enabled`. */
  readonly status?: 'enabled' | 'disabled' | undefined;
  /** A symmetric key, base64; default one that `randomSeed` determines. */
  readonly primaryKey?: string | undefined;
  /** A symmetric key, base64; default one that `randomSeed` determines. */
  readonly secondaryKey?: string | undefined;
  /** Instead of keys: `ca` for a certificate of `deviceCa`, or thumbprints of certificates in hexadecimal digits. */
  readonly x509?:
    | 'ca'
    | { readonly primaryThumbprint: string; readonly secondaryThumbprint?: string | undefined }
    | undefined;
  /** Tags of the twin. */
  readonly tags?: JsonObject | undefined;
  /** Desired properties of the twin. */
  readonly desired?: JsonObject | undefined;
  /** Reported properties of the twin. */
  readonly reported?: JsonObject | undefined;
  /** The digital twin model, such as `dtmi:com:example:Thermostat;1`. */
  readonly modelId?: string | undefined;
}

/**
 * A device that exists from the start, or many of them. In texts `{i}` stands for the number of a device, `{i%10}` for the
 * remainder of a division.
 */
export interface DeviceOptions extends ModuleOptions {
  /** How many devices, 1 to 1,000,000; default one, whose id has no `{i}`. */
  readonly count?: number | undefined;
  /** The number of the first device; default 0. */
  readonly from?: number | undefined;
  /** True for an IoT Edge device; default false. */
  readonly edge?: boolean | undefined;
  /** The id of the edge device that is its parent. */
  readonly parent?: string | undefined;
  /** Its modules; default none. */
  readonly modules?: readonly ModuleOptions[] | undefined;
}
