import { expectTypeOf } from 'vitest';
import type { DeviceOptions, ModuleOptions } from '../../emulator/device-options.ts';
import type { EmulatorOptions } from '../../emulator/emulator-options.ts';
import type { PortOption } from '../../emulator/endpoints/protocols.ts';
import type * as Documented from '../../emulator/fault-options.ts';
import type { OptionsInput } from '../../emulator/options.ts';
import type * as Checked from '../../protocol/fault.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { DeviceSeed } from '../../protocol/seed.ts';

// Checked by tsc, never run: the documented interfaces have the members of the schemas, and the schemas accept their types.

type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends JsonObject
    ? T
    : T extends object
      ? { -readonly [Name in keyof T]: Mutable<T[Name]> }
      : T;
type Accepts<Schema, T> = [Mutable<T>] extends [Schema] ? true : false;

/** What `startEmulator` takes in a form of its own. */
type OnlyInProcess = 'ports' | 'trust' | 'log' | 'clock' | 'loading' | 'origins';
type Shared = Exclude<keyof OptionsInput, PortOption | 'clock'>;

expectTypeOf<Exclude<keyof EmulatorOptions, OnlyInProcess>>().toEqualTypeOf<Shared>();
expectTypeOf<Accepts<Pick<OptionsInput, Shared>, Pick<EmulatorOptions, Shared>>>().toEqualTypeOf<true>();

expectTypeOf<keyof DeviceOptions>().toEqualTypeOf<keyof DeviceSeed>();
expectTypeOf<keyof ModuleOptions>().toEqualTypeOf<keyof NonNullable<DeviceSeed['modules']>[number]>();

expectTypeOf<keyof Documented.FaultRule>().toEqualTypeOf<keyof Checked.FaultRule>();
expectTypeOf<keyof Documented.FaultMatch>().toEqualTypeOf<keyof Checked.FaultMatch>();
expectTypeOf<Documented.FaultEffect['type']>().toEqualTypeOf<Checked.FaultEffect['type']>();
