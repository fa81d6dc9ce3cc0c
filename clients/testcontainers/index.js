import { randomBytes } from 'node:crypto';
import { AbstractStartedContainer, GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';

// the ports that the image exposes
const HTTPS = 443;
const MQTTS = 8883;
const AMQPS = 5671;
const ADMIN = 8088;
const SEED = '/tmp/iothub-emulator-seed';

export class IotHubEmulatorContainer extends GenericContainer {
  #flags = [];
  #token = randomBytes(16).toString('hex');

  constructor(image) {
    super(image);
    this.withExposedPorts(HTTPS, MQTTS, AMQPS, ADMIN);
    this.withAdminToken(this.#token);
    // lets a user who is not root open ports below 1024
    this.hostConfig.Sysctls = { 'net.ipv4.ip_unprivileged_port_start': String(HTTPS) };
  }

  withDevice(id) {
    return this.withOptions('--device', id);
  }

  withSeed(seed) {
    const content = typeof seed === 'string' ? seed : JSON.stringify(seed);
    this.withCopyContentToContainer([{ content, target: SEED, mode: 0o644 }]);
    return this.withOptions('--seed', SEED);
  }

  withClock(clock) {
    return this.withOptions('--clock', clock);
  }

  withOptions(...flags) {
    this.#flags.push(...flags);
    return this;
  }

  withAdminToken(token) {
    this.#token = token;
    this.withEnvironment({ IOTHUB_EMULATOR_ADMIN_TOKEN: token });
    // with the token, the admin API accepts any host name of the engine
    this.withWaitStrategy(Wait.forHttp('/health', ADMIN).withHeaders(bearer(token)).forStatusCode(200));
    return this;
  }

  withKnownPorts() {
    this.exposedPorts = [];
    return this.withExposedPorts(...[HTTPS, MQTTS, AMQPS].map((port) => ({ container: port, host: port })), ADMIN);
  }

  async beforeContainerCreated() {
    const { host } = (await getContainerRuntimeClient()).info.containerRuntime;
    this.withCommand(commandOf(this.#flags, [host, ...this.networkAliases]));
  }

  async start() {
    const container = await super.start();
    const api = { url: adminUrlOf(container), token: this.#token };
    const ca = await ask(api, { method: 'GET', path: '/ca.pem' });
    const { connectionString } = await ask(api, { method: 'GET', path: '/connection-string' });
    return new StartedIotHubEmulatorContainer(container, { token: this.#token, connectionString, ca });
  }
}

export class StartedIotHubEmulatorContainer extends AbstractStartedContainer {
  #token;
  #connectionString;
  #ca;

  constructor(container, { token, connectionString, ca }) {
    super(container);
    this.#token = token;
    this.#connectionString = connectionString;
    this.#ca = ca;
  }

  getConnectionString() {
    return this.#forHost(this.#connectionString);
  }

  async getDeviceConnectionString(deviceId) {
    return this.#identityString({ device: deviceId });
  }

  async getModuleConnectionString(deviceId, moduleId) {
    return this.#identityString({ device: deviceId, module: moduleId });
  }

  getCaCertificate() {
    return this.#ca;
  }

  getAdminUrl() {
    return adminUrlOf(this);
  }

  getAdminToken() {
    return this.#token;
  }

  ask(method, path, body) {
    return ask({ url: this.getAdminUrl(), token: this.#token }, { method, path, body });
  }

  async reset() {
    await this.ask('POST', '/reset', { dropConnections: true });
  }

  async #identityString(query) {
    const { connectionString } = await this.ask('GET', `/connection-string?${new URLSearchParams(query)}`);
    return this.#forHost(connectionString);
  }

  /** Replaces the port, because the container knows only the ports inside of it. */
  #forHost(connectionString) {
    const port = this.getMappedPort(HTTPS);
    const host = `${this.getHost()}${port === HTTPS ? '' : `:${port}`}`;
    return connectionString.replace(/^HostName=[^;]*/, () => `HostName=${host}`);
  }
}

/** The certificate must contain all host names under which the hub is reached. */
const commandOf = (flags, names) => [
  'start',
  '--admin-host',
  '0.0.0.0',
  ...names.filter((name) => name !== 'localhost').flatMap((name) => ['--san', name]),
  ...flags,
];

const adminUrlOf = (container) => `http://${container.getHost()}:${container.getMappedPort(ADMIN)}`;

const bearer = (token) => ({ Authorization: `Bearer ${token}` });

const ask = async ({ url, token }, { method, path, body }) => {
  const content = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${url}${path}`, { method, headers: bearer(token), body: content });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
  const parsed = isJson ? JSON.parse(text) : text;
  if (!response.ok) throw new Error(parsed.error ?? `The emulator answered ${response.status}`);
  return parsed;
};
