import { isObject, put } from '../../protocol/json.ts';

/** A device in the identity registry. */
export interface DeviceIdentity {
  deviceId: string;
  generationId?: string;
  etag?: string;
  connectionState?: Device.ConnectionState;
  status?: Device.DeviceStatus;
  statusReason?: string;
  connectionStateUpdatedTime?: string;
  statusUpdatedTime?: string;
  lastActivityTime?: string;
  cloudToDeviceMessageCount?: string;
  authentication?: Device.Authentication;
  capabilities?: Device.Capabilities;
  deviceScope?: string;
  parentScopes?: [string];
}

/** A device identity with a value in every field, as azure-iothub fills them. */
export class Device implements DeviceIdentity {
  deviceId = '';
  generationId?: string;
  etag?: string;
  connectionState?: Device.ConnectionState;
  status?: Device.DeviceStatus;
  statusReason?: string;
  connectionStateUpdatedTime?: string;
  statusUpdatedTime?: string;
  lastActivityTime?: string;
  cloudToDeviceMessageCount?: string;
  authentication?: Device.Authentication;
  capabilities?: Device.Capabilities;
  deviceScope?: string;
  parentScopes?: [string];

  /** `source` is an object or its JSON; throws ReferenceError if it has no deviceId. */
  constructor(source?: unknown) {
    delete this.deviceScope;
    delete this.parentScopes;
    merge(this, blank());
    if (!source) return;
    const given: unknown = typeof source === 'string' ? JSON.parse(source) : source;
    const deviceId = isObject(given) ? given.deviceId : undefined;
    if (!deviceId) throw new ReferenceError(`The 'deviceId' property cannot be '${deviceId}'`);
    merge(this, given);
  }
}

export declare namespace Device {
  interface _SymmetricKey {
    primaryKey: string;
    secondaryKey: string;
  }
  interface Authentication {
    type?: 'sas' | 'selfSigned' | 'certificateAuthority' | 'none';
    symmetricKey?: _SymmetricKey;
    x509Thumbprint?: X509Thumbprints;
  }
  interface X509Thumbprints {
    primaryThumbprint?: string;
    secondaryThumbprint?: string;
  }
  interface Capabilities {
    iotEdge?: boolean;
    [name: string]: unknown;
  }
  type ConnectionState = 'connected' | 'disconnected';
  type DeviceStatus = 'enabled' | 'disabled';
}

// azure-iothub 1.16.6, device.js
const blank = () => ({
  deviceId: null,
  generationId: null,
  etag: null,
  connectionState: 'disconnected',
  status: 'enabled',
  statusReason: null,
  connectionStateUpdatedTime: null,
  statusUpdatedTime: null,
  lastActivityTime: null,
  cloudToDeviceMessageCount: '0',
  capabilities: {},
  authentication: {
    symmetricKey: { primaryKey: null, secondaryKey: null },
    x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
  },
});

const merge = (target: object, source: unknown): void => {
  if (!isObject(source)) return;
  for (const [key, value] of Object.entries(source)) {
    const current: unknown = Object.hasOwn(target, key) ? Reflect.get(target, key) : undefined;
    if (isObject(value) && isObject(current)) merge(current, value);
    else if (value !== undefined) put(target, key, value);
  }
};
