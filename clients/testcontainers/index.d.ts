import { AbstractStartedContainer, GenericContainer, type StartedTestContainer } from 'testcontainers';

export declare class IotHubEmulatorContainer extends GenericContainer {
  /** `image`: an image built from the Dockerfile of the emulator. */
  constructor(image: string);
  /** A device that exists from the start. */
  withDevice(id: string): this;
  /** The initial state of the hub: an object, or the text of any seed file. */
  withSeed(seed: object | string): this;
  /** `virtual`: the hub's time stands still until it is moved. An ISO date: the same, beginning at this time. */
  withClock(clock: string): this;
  /** Other flags of `iothub-emulator start`. */
  withOptions(...flags: string[]): this;
  /** The token of the admin API; the default is a random one. */
  withAdminToken(token: string): this;
  /** Uses the ports 443, 8883 and 5671, as SDKs do, instead of free ones. Only one container at a time can do this. */
  withKnownPorts(): this;
  start(): Promise<StartedIotHubEmulatorContainer>;
}

export declare class StartedIotHubEmulatorContainer extends AbstractStartedContainer {
  constructor(container: StartedTestContainer, parts: { token: string; connectionString: string; ca: string });
  /** The connection string for service apps on this machine, with the policy iothubowner. */
  getConnectionString(): string;
  /** The connection string for a device's app on this machine. Rejects if the device does not exist. */
  getDeviceConnectionString(deviceId: string): Promise<string>;
  /** The connection string for a module's app on this machine. Rejects if the module does not exist. */
  getModuleConnectionString(deviceId: string, moduleId: string): Promise<string>;
  /** The CA to trust, in PEM. */
  getCaCertificate(): string;
  getAdminUrl(): string;
  getAdminToken(): string;
  /** Sends a request to the admin API; an object is sent as JSON, a string unchanged. Rejects with the emulator's message. */
  ask(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: object | string): Promise<unknown>;
  /** Restores the initial state, closes all connections and removes all faults. */
  reset(): Promise<void>;
}
