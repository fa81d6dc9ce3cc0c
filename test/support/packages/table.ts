/** A package from a registry. Those of one kind and one set are installed together, into one folder. */
export interface RegistryPackage {
  readonly set: string;
  /** As the registry knows it; for Maven `group:artifact`, for npm also a name that `version` is put under. */
  readonly name: string;
  readonly version: string;
  /** The folder of `test/` whose tests need it; `../bench` for what only the bench fetches. */
  readonly usedBy: string;
}

/** A package of Debian, installed for the whole machine, in whichever version the machine's Debian has. */
export interface DebianPackage {
  readonly name: string;
  /** A program of the package: where the PATH has it, nothing is installed. */
  readonly program?: string;
  readonly usedBy: string;
}

/** What the bench alone needs, it fetches itself. */
export const BENCH = '../bench';

/** Has Node's own program as a file of the package. */
export const NODE_PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/**
 * What tests need besides the dependencies in package.json. `npm run foreign:prepare` fetches all of it before any test
 * runs; a test asks `installedSet` where it is, and fails if it is missing.
 */
export const REGISTRY_PACKAGES = {
  npm: [
    { set: 'azurite', name: 'azurite', version: '3.35.0', usedBy: 'foreign/azurite' },
    // reads the files of Avro that the emulator writes
    { set: 'avro', name: 'avsc', version: '5.7.9', usedBy: 'foreign/azurite' },
    { set: 'runners', name: 'jest', version: '30.5.2', usedBy: 'foreign/runners' },
    { set: 'runners', name: 'mocha', version: '12.0.3', usedBy: 'foreign/runners' },
    { set: 'runners', name: 'testcontainers', version: '11.14.0', usedBy: 'foreign/runners' },
    { set: 'runners', name: '@seriousme/openapi-schema-validator', version: '2.11.0', usedBy: 'foreign/runners' },
    // the newest line with long-term support
    { set: 'node', name: NODE_PACKAGE, version: '26.12.1', usedBy: 'container' },
    { set: 'compilers', name: 'typescript-5.4', version: 'npm:typescript@5.4.5', usedBy: 'foreign/types' },
    { set: 'compilers', name: 'typescript-5.5', version: 'npm:typescript@5.5.4', usedBy: 'foreign/types' },
    { set: 'compilers', name: 'typescript-5.6', version: 'npm:typescript@5.6.3', usedBy: 'foreign/types' },
    { set: 'compilers', name: 'typescript-5.7', version: 'npm:typescript@5.7.3', usedBy: 'foreign/types' },
    { set: 'compilers', name: 'typescript-5.8', version: 'npm:typescript@5.8.3', usedBy: 'foreign/types' },
    { set: 'compilers', name: 'typescript-5.9', version: 'npm:typescript@5.9.3', usedBy: 'foreign/types' },
    { set: 'compilers', name: 'typescript-6.0', version: 'npm:typescript@6.0.3', usedBy: 'foreign/types' },
    { set: 'compilers', name: 'typescript-7.0', version: 'npm:typescript@7.0.2', usedBy: 'foreign/types' },
  ],
  pip: [
    { set: 'microsoft', name: 'azure-iot-device', version: '2.14.0', usedBy: 'foreign/python' },
    { set: 'microsoft', name: 'azure-iot-hub', version: '2.7.0', usedBy: 'foreign/python' },
    // azure-iot-hub 2.7.0 imports it, but does not list it as a dependency
    { set: 'microsoft', name: 'six', version: '1.17.0', usedBy: 'foreign/python' },
    { set: 'microsoft', name: 'pytest', version: '8.4.2', usedBy: 'foreign/python-testing' },
    { set: 'xdist', name: 'pytest', version: '8.4.2', usedBy: 'foreign/python-testing' },
    { set: 'xdist', name: 'pytest-xdist', version: '3.8.0', usedBy: 'foreign/python-testing' },
    // builds our own packages for Python
    { set: 'microsoft', name: 'hatchling', version: '1.27.0', usedBy: 'foreign/python-v1' },
    // what our modules of v1 need for AMQP; proton is compiled when it is installed
    { set: 'amqp', name: 'python-qpid-proton', version: '0.40.0', usedBy: 'foreign/python-v1' },
    // the newest for Python 3.9
    { set: 'amqp', name: 'wsproto', version: '1.2.0', usedBy: 'foreign/python-v1' },
    { set: 'files', name: 'azure-iot-device', version: '2.14.0', usedBy: 'foreign/files' },
    { set: 'files', name: 'azure-storage-blob', version: '12.26.0', usedBy: 'foreign/files' },
    { set: 'event-hubs', name: 'azure-eventhub', version: '5.15.1', usedBy: 'foreign/event-hubs' },
    // azure-eventhub imports it for AMQP over WebSocket, but does not list it as a dependency
    { set: 'event-hubs', name: 'websocket-client', version: '1.8.0', usedBy: 'foreign/event-hubs' },
    // the client with which `az iot hub monitor-events` reads
    { set: 'uamqp', name: 'uamqp', version: '1.6.11', usedBy: 'foreign/event-hubs' },
    // an emulator of AWS IoT
    { set: 'moto', name: 'moto[server,iotdata]', version: '5.2.5', usedBy: BENCH },
    // on CPython, with Blinka in place of the board
    {
      set: 'circuitpython',
      name: 'adafruit-circuitpython-azureiot',
      version: '3.0.5',
      usedBy: 'foreign/circuitpython',
    },
    {
      set: 'circuitpython',
      name: 'adafruit-circuitpython-minimqtt',
      version: '8.1.0',
      usedBy: 'foreign/circuitpython',
    },
  ],
  maven: [
    {
      set: 'microsoft',
      name: 'com.microsoft.azure.sdk.iot:iot-service-client',
      version: '2.1.9',
      usedBy: 'foreign/java',
    },
    {
      set: 'microsoft',
      name: 'com.microsoft.azure.sdk.iot:iot-device-client',
      version: '2.5.0',
      usedBy: 'foreign/java',
    },
    {
      set: 'files',
      name: 'com.microsoft.azure.sdk.iot:iot-device-client',
      version: '2.5.0',
      usedBy: 'foreign/files',
    },
    { set: 'files', name: 'com.azure:azure-storage-blob', version: '12.29.1', usedBy: 'foreign/files' },
    {
      set: 'event-hubs',
      name: 'com.azure:azure-messaging-eventhubs',
      version: '5.21.5',
      usedBy: 'foreign/event-hubs',
    },
  ],
} as const satisfies Record<string, readonly RegistryPackage[]>;

export const DEBIAN_PACKAGES: readonly DebianPackage[] = [
  { name: 'python3-venv', program: 'python3', usedBy: 'foreign/python' },
  { name: 'gcc', program: 'cc', usedBy: 'foreign/python-v1' },
  { name: 'python3-dev', program: 'python3-config', usedBy: 'foreign/python-v1' },
  { name: 'default-jdk-headless', program: 'javac', usedBy: 'foreign/java' },
  { name: 'maven', program: 'mvn', usedBy: 'foreign/java' },
  { name: 'openssl', program: 'openssl', usedBy: 'wire/listener' },
  { name: 'chromium', program: 'chromium', usedBy: 'page' },
];

/** What `npm run test:container` needs where Docker does not run. */
export const CONTAINER_PACKAGES: readonly DebianPackage[] = [
  { name: 'buildah', program: 'buildah', usedBy: 'container' },
  { name: 'debootstrap', program: 'debootstrap', usedBy: 'container' },
  { name: 'iproute2', program: 'ip', usedBy: 'container' },
];

export type Registry = keyof typeof REGISTRY_PACKAGES;

/** The names of the sets of one registry. */
export type SetName<R extends Registry> = (typeof REGISTRY_PACKAGES)[R][number]['set'];
