/** A TCP port of the emulator, as options, banner, ready line, `doctor` and the admin API list it. */
export interface PortRow {
  /** The key in `Emulator.ports`, the ready line and `/info`. */
  readonly name: string;
  /** The number that SDKs have built in; the default of `option`. */
  readonly number: number;
  /** The option that sets another number; its flag is the same in kebab case. */
  readonly option: string;
  /** A short name for people. */
  readonly label: string;
  /** Ends the sentence "Port of …" in help texts. */
  readonly purpose: string;
}

/** What the first bytes of a connection say: this protocol, another one, or too few bytes to tell. */
export type Recognition = 'yes' | 'no' | 'more';

/** A port on which devices and services connect. */
export interface ProtocolRow extends PortRow {
  /** The server of a hub that takes the connections. */
  readonly server: string;
  /** False for a port without TLS. */
  readonly tls: boolean;
  /** The address as a person types it. */
  url(host: string, port: number): string;
  /** Judges the first bytes of a connection, at least one; `undefined` takes what no other protocol recognizes. */
  readonly recognize: ((bytes: Uint8Array) => Recognition) | undefined;
  /** What to suggest where the usual number is not available. */
  readonly alternative: {
    readonly number: number;
    readonly serves: string;
    readonly leavesOut: string;
  };
}

const MQTT_CONNECT = 0x10;
/** How every AMQP connection begins, OASIS AMQP 1.0 part 2 §2.2. An HTTP method may begin with the same letter. */
const AMQP = 'AMQP';

/** The protocols of devices and services. To add one: a row here, and its server in `hosting/servers.ts`. */
export const PROTOCOLS = [
  {
    name: 'https',
    number: 443,
    option: 'httpsPort',
    label: 'HTTPS, WS',
    purpose: 'HTTPS, and MQTT and AMQP over WebSocket',
    server: 'http',
    tls: true,
    url: (host, port) => `https://${host}${port === 443 ? '' : `:${port}`}`,
    recognize: undefined, // an HTTP server also answers what is not HTTP
    alternative: {
      number: 8443,
      serves: 'az, curl, our own clients and device SDKs over MQTT/TCP',
      leavesOut: 'all that have 443 built in: service SDKs, MQTT over WebSocket, az iot device simulate',
    },
  },
  {
    name: 'mqtt',
    number: 8883,
    option: 'mqttPort',
    label: 'MQTTS',
    purpose: 'MQTT over TLS',
    server: 'mqtt',
    tls: true,
    url: (host, port) => `${host}:${port}`,
    recognize: ([first]) => (first === MQTT_CONNECT ? 'yes' : 'no'),
    alternative: {
      number: 18883,
      serves: 'Node device SDKs, by HostName=localhost:18883',
      leavesOut: 'those that have 8883 built in (Python, Java, .NET): they can use MQTT over WebSocket',
    },
  },
  {
    name: 'amqp',
    number: 5671,
    option: 'amqpPort',
    label: 'AMQPS',
    purpose: 'AMQP over TLS',
    server: 'amqp',
    tls: true,
    url: (host, port) => `${host}:${port}`,
    recognize: (bytes) => {
      const begin = String.fromCharCode(...bytes.subarray(0, AMQP.length));
      if (begin === AMQP) return 'yes';
      return AMQP.startsWith(begin) ? 'more' : 'no';
    },
    alternative: {
      number: 15671,
      serves: 'Node SDKs, by HostName=localhost:15671',
      leavesOut: 'those that have 5671 built in (Python, Java, .NET): they can use AMQP over WebSocket',
    },
  },
] as const satisfies readonly ProtocolRow[];

export type Protocol = (typeof PROTOCOLS)[number];
export type ServerName = Protocol['server'];

const ADMIN_PORT = {
  name: 'admin',
  number: 8088,
  option: 'adminPort',
  label: 'Admin',
  purpose: "the emulator's own API, plain HTTP",
} as const satisfies PortRow;

/** The port that SDKs of Event Hubs use without TLS, for `UseDevelopmentEmulator=true`. */
export const PLAIN_AMQP = 5672;

/** Every port that the emulator opens. */
export const PORTS = [...PROTOCOLS, ADMIN_PORT] as const;

export type PortName = (typeof PORTS)[number]['name'];
export type PortOption = (typeof PORTS)[number]['option'];

/** Port numbers by name: `https`, `mqtt`, `amqp` and `admin`. */
export type Ports = { readonly [Name in PortName]: number };

/** The ports of devices and services. */
export type ClientPorts = Omit<Ports, 'admin'>;

const numbered = (number: (row: (typeof PORTS)[number]) => number): Ports =>
  Object.fromEntries(PORTS.map((row) => [row.name, number(row)])) as Ports; // one entry for each row

/** The ports that SDKs have built in, and the admin port. */
export const DEFAULT_PORTS: Ports = numbered((row) => row.number);

/** Any free ports. */
export const RANDOM_PORTS: Ports = numbered(() => 0);

/** The ports that options ask for. */
export const portsIn = (options: { readonly [Option in PortOption]: number }): Ports =>
  numbered(({ option }) => options[option]);

/** Options that ask for these ports. */
export const portOptions = (ports: Ports): { readonly [Option in PortOption]: number } =>
  Object.fromEntries(PORTS.map(({ name, option }) => [option, ports[name]])) as { [Option in PortOption]: number }; // as above

/** True if SDKs find the hub on the ports that they have built in. */
export const areDefault = (ports: ClientPorts): boolean =>
  PROTOCOLS.every(({ name, number }) => ports[name] === number);

/** What can be spoken on a port that has `number`: only its own protocol on the usual one, as on the service, else every one. */
export const protocolsOn = (row: ProtocolRow, number: number, leniently: boolean): readonly Protocol[] =>
  PROTOCOLS.filter(({ name, tls }) => (number === row.number && !leniently ? name === row.name : tls === row.tls));

/** A protocol inside of a WebSocket. */
export interface WebSocketRow {
  readonly path: string;
  /** The sub-protocol that the client asks for. */
  readonly protocol: string;
  readonly server: ServerName;
}

/** What can be spoken over WebSocket, on every port that speaks HTTP. */
export const WEB_SOCKETS = [
  { path: '/$iothub/websocket', protocol: 'mqtt', server: 'mqtt' },
  { path: '/$iothub/websocket', protocol: 'AMQPWSB10', server: 'amqp' },
  // Event Hubs clients use this path
  { path: '/$servicebus/websocket', protocol: 'AMQPWSB10', server: 'amqp' },
  // the one of Event Hubs for Go
  { path: '/$servicebus/websocket', protocol: 'amqp', server: 'amqp' },
] as const satisfies readonly WebSocketRow[];
