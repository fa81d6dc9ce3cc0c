import { AbstractStartedContainer, GenericContainer, type StartedTestContainer } from 'testcontainers';

export declare class IotHubEmulatorContainer extends GenericContainer {
  /** `image`: built from the Dockerfile of the emulator. */
  constructor(image: string);
  /** A device that exists from the start. */
  withDevice(id: string): this;
  /** What the hub begins with: an object, or the text of a seed file in any form. */
  withSeed(seed: object | string): this;
  /** `virtual`: the hub's time stands still until turned; an ISO date: it stands still there. */
  withClock(clock: string): this;
  /** Further flags of `iothub-emulator start`. */
  withOptions(...flags: string[]): this;
  /** Of the admin API; made up if not given. */
  withAdminToken(token: string): this;
  /** On the ports that SDKs have built in, 443 and 8883, instead of free ones: for one container at a time. */
  withKnownPorts(): this;
  start(): Promise<StartedIotHubEmulatorContainer>;
}

export declare class StartedIotHubEmulatorContainer extends AbstractStartedContainer {
  constructor(container: StartedTestContainer, parts: { token: string; connectionString: string; ca: string });
  /** For service apps on this machine, of the policy iothubowner. */
  getConnectionString(): string;
  /** For a device's app on this machine. Rejects if there is no such device. */
  getDeviceConnectionString(deviceId: string): Promise<string>;
  /** For a module's app on this machine. Rejects if there is no such module. */
  getModuleConnectionString(deviceId: string, moduleId: string): Promise<string>;
  /** The CA to trust, PEM. */
  getCaCertificate(): string;
  getAdminUrl(): string;
  getAdminToken(): string;
  /** Asks the admin API; an object is sent as JSON, a text as it is. Rejects with the emulator's own words. */
  ask(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: object | string): Promise<unknown>;
  /** Back to the beginning, without connections and faults. */
  reset(): Promise<void>;
}
