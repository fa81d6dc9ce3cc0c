import { randomBytes } from 'node:crypto';
import { AbstractStartedContainer, GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';

// as the image exposes them
const HTTPS = 443;
const MQTTS = 8883;
const ADMIN = 8088;
const SEED = '/tmp/iothub-emulator-seed';

export class IotHubEmulatorContainer extends GenericContainer {
  #flags = [];
  #token = randomBytes(16).toString('hex');

  constructor(image) {
    super(image);
    this.withExposedPorts(HTTPS, MQTTS, ADMIN);
    this.withAdminToken(this.#token);
    // ports below 1024 for a user who is not root
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
    // the token opens the door whatever name the engine is reached by
    this.withWaitStrategy(Wait.forHttp('/health', ADMIN).withHeaders(bearer(token)).forStatusCode(200));
    return this;
  }

  withKnownPorts() {
    this.exposedPorts = [];
    return this.withExposedPorts({ container: HTTPS, host: HTTPS }, { container: MQTTS, host: MQTTS }, ADMIN);
  }

  async beforeContainerCreated() {
    const { host } = (await getContainerRuntimeClient()).info.containerRuntime;
    this.withCommand(commandOf(this.#flags, [host, ...this.networkAliases]));
  }

  async start() {
    const container = await super.start();
    const asked = { url: adminUrlOf(container), token: this.#token };
    const ca = await ask(asked, { method: 'GET', path: '/ca.pem' });
    const { connectionString } = await ask(asked, { method: 'GET', path: '/connection-string' });
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
    return this.#fromHere(this.#connectionString);
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

  async #identityString(whose) {
    const { connectionString } = await this.ask('GET', `/connection-string?${new URLSearchParams(whose)}`);
    return this.#fromHere(connectionString);
  }

  /** The container knows its own ports only. */
  #fromHere(connectionString) {
    const port = this.getMappedPort(HTTPS);
    const host = `${this.getHost()}${port === HTTPS ? '' : `:${port}`}`;
    return connectionString.replace(/^HostName=[^;]*/, () => `HostName=${host}`);
  }
}

/** Names besides localhost, under which the hub is called, must stand in its certificate. */
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
  const answer = await fetch(`${url}${path}`, { method, headers: bearer(token), body: content });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') && text !== '';
  const said = isJson ? JSON.parse(text) : text;
  if (!answer.ok) throw new Error(said.error ?? `The emulator answered ${answer.status}`);
  return said;
};
