import type { EventEmitter } from 'node:events';
import type * as TheirCommon from 'azure-iot-common';
import type * as TheirDevice from 'azure-iot-device';
import type * as TheirService from 'azure-iothub';
import { expectTypeOf } from 'vitest';
import type * as Common from '../../clients/common/index.ts';
import type * as Device from '../../clients/device/index.ts';
import type * as Service from '../../clients/service/index.ts';
import type * as OurCommonProgram from './programs/common.ours.ts';
import type * as TheirCommonProgram from './programs/common.theirs.ts';
import type * as OurDeviceProgram from './programs/device.ours.ts';
import type * as TheirDeviceProgram from './programs/device.theirs.ts';
import type * as OurServiceProgram from './programs/service.ours.ts';
import type * as TheirServiceProgram from './programs/service.theirs.ts';

// Checked by tsc, never run. Each union may only lose members; an added name is a step back.

type Public<T> = Exclude<keyof T, keyof EventEmitter | `_${string}` | 'default'>;

/** The members that only theirs have. */
type Missing<Theirs, Ours> = Exclude<Public<Theirs>, keyof Ours>;

/** The members of another type; most because their classes have private members, which no other class can match. */
type Other<Theirs, Ours> = {
  [K in Public<Theirs> & keyof Ours]: Ours[K] extends Theirs[K] ? never : K;
}[Public<Theirs> & keyof Ours];

// azure-iothub 1.16
expectTypeOf<Missing<typeof TheirService, typeof Service>>().toBeNever();
expectTypeOf<Missing<TheirService.Registry, Service.Registry>>().toBeNever();
expectTypeOf<Missing<TheirService.Twin, Service.Twin>>().toBeNever();
expectTypeOf<Missing<TheirService.JobClient, Service.JobClient>>().toBeNever();
expectTypeOf<Missing<TheirService.DigitalTwinClient, Service.DigitalTwinClient>>().toBeNever();
expectTypeOf<Missing<TheirService.Device, Service.Device>>().toBeNever();
expectTypeOf<Missing<TheirService.Client, Service.Client>>().toBeNever();
expectTypeOf<Missing<TheirService.Client.ServiceReceiver, Service.ServiceReceiver>>().toBeNever();

expectTypeOf<Other<TheirService.Registry, Service.Registry>>().toEqualTypeOf<
  'createQuery' | 'getTwin' | 'getModuleTwin' | 'updateTwin' | 'updateModuleTwin' // `Twin` and `Query`
>();
expectTypeOf<Other<TheirService.Twin, Service.Twin>>().toEqualTypeOf<'get' | 'update'>(); // `Twin`
expectTypeOf<Other<TheirService.JobClient, Service.JobClient>>().toEqualTypeOf<'createQuery'>(); // `Query`
expectTypeOf<Other<TheirService.DigitalTwinClient, Service.DigitalTwinClient>>().toBeNever();
expectTypeOf<Other<TheirService.Device, Service.Device>>().toBeNever();
expectTypeOf<Other<TheirService.Client, Service.Client>>().toEqualTypeOf<
  // an `IncomingMessage` that is not node:http's
  'open' | 'close' | 'invokeDeviceMethod' | 'send' | 'getFeedbackReceiver' | 'getFileNotificationReceiver'
>();

// azure-iot-device 1.18
expectTypeOf<Missing<typeof TheirDevice, typeof Device>>().toEqualTypeOf<'IotEdgeAuthenticationProvider'>();
expectTypeOf<Missing<TheirDevice.Client, Device.Client>>().toBeNever();
expectTypeOf<Missing<TheirDevice.ModuleClient, Device.ModuleClient>>().toBeNever();
expectTypeOf<Missing<TheirDevice.Twin, Device.Twin>>().toBeNever();
expectTypeOf<Missing<TheirDevice.Message, Device.Message>>().toBeNever();
expectTypeOf<Missing<TheirDevice.DeviceMethodRequest, Device.DeviceMethodRequest>>().toBeNever();
expectTypeOf<Missing<TheirDevice.DeviceMethodResponse, Device.DeviceMethodResponse>>().toBeNever();

expectTypeOf<Other<TheirDevice.Client, Device.Client>>().toEqualTypeOf<'getTwin' | 'onDeviceMethod'>(); // `Twin`, the response
expectTypeOf<Other<TheirDevice.ModuleClient, Device.ModuleClient>>().toEqualTypeOf<'getTwin' | 'onMethod'>();
expectTypeOf<Other<TheirDevice.Twin, Device.Twin>>().toEqualTypeOf<'get'>(); // `Twin`
expectTypeOf<Other<TheirDevice.Message, Device.Message>>().toEqualTypeOf<
  'ack' | 'interfaceId' | 'contentType' | 'contentEncoding' | 'properties' | 'getData' // ours have more precise types
>();
expectTypeOf<Other<TheirDevice.DeviceMethodRequest, Device.DeviceMethodRequest>>().toBeNever();
expectTypeOf<Other<TheirDevice.DeviceMethodResponse, Device.DeviceMethodResponse>>().toBeNever();

// azure-iot-common 1.13
expectTypeOf<Missing<typeof TheirCommon, typeof Common>>().toBeNever();
expectTypeOf<Missing<TheirCommon.ConnectionString, Common.ConnectionString>>().toBeNever();
expectTypeOf<Missing<TheirCommon.SharedAccessSignature, Common.SharedAccessSignature>>().toBeNever();

// The same programs have the same types with both packages.
type ProgramOf<World extends { [name: string]: (...parameters: never[]) => unknown }> = {
  [Name in keyof World]: Parameters<World[Name]>;
};
expectTypeOf<ProgramOf<typeof OurCommonProgram>>().toEqualTypeOf<ProgramOf<typeof TheirCommonProgram>>();
expectTypeOf<ProgramOf<typeof OurDeviceProgram>>().toEqualTypeOf<ProgramOf<typeof TheirDeviceProgram>>();
expectTypeOf<keyof typeof OurServiceProgram>().toEqualTypeOf<keyof typeof TheirServiceProgram>();
