import type { JsonObject } from '../protocol/json.ts';
import type { PolicyKeys } from './auth/policies.ts';
import type { DeviceOptions } from './device-options.ts';
import type { Ports } from './endpoints/protocols.ts';
import type { FaultRule } from './fault-options.ts';
import type { KeepingOptions } from './keeping-options.ts';
import type { Clock } from './kernel/clock.ts';
import type { Log } from './log.ts';

/** How to start an emulator in this process. Apart from the ports, defaults are those of the command line. */
export interface EmulatorOptions extends KeepingOptions {
  /**
   * Where options were set, by their names, as `/info` and the page tell it.
   * @default 'startEmulator' for each option that is given
   * @example { origins: { tier: 'my.config.json' } }
   */
  readonly origins?: Readonly<Record<string, string>> | undefined;
  /**
   * The TCP ports: `random` for free ports, `default` for the ports that SDKs have built in (443, 8883, 5671, and 8088 for the admin
   * API), or numbers; 0 and ports that are left out are free ones.
   * @default 'random'
   * @example { ports: { https: 8443, mqtt: 18883 } }
   */
  readonly ports?: 'random' | 'default' | Partial<Ports> | undefined;
  /**
   * The hub's time. `system` is the machine's time. `virtual` starts at 2026-01-01T00:00:00Z and stands still until it is
   * advanced; an ISO time starts there and stands still too. A `VirtualClock` can be shared with the test.
   * @default 'system'
   * @example { clock: '2030-01-01T00:00:00Z' }
   */
  readonly clock?: Clock | 'system' | 'virtual' | (string & {}) | undefined;
  /**
   * `process`: SDKs in this process trust the development CA, and connections to the usual ports of `localhost` and of the
   * emulator's host names are redirected to its ports, until it is closed.
   * @default undefined: nothing in this process changes
   * @example { trust: 'process' }
   */
  readonly trust?: 'process' | undefined;
  /**
   * Receives messages for people.
   * @default undefined: no messages, or standard error if `logFormat` is given
   * @example { log: { info: () => {}, warn: console.warn, error: console.error } }
   */
  readonly log?: Log | undefined;
  /**
   * The addresses to listen on, comma-separated; `localhost` is 127.0.0.1 and ::1.
   * @default 'localhost'
   * @example { host: '127.0.0.2' }
   */
  readonly host?: string | undefined;
  /**
   * True accepts MQTT on port 443 and HTTPS on 8883 too. The service does not; other ports accept both anyway.
   * @default false
   * @example { lenientPorts: true }
   */
  readonly lenientPorts?: boolean | undefined;
  /**
   * A port for AMQP without TLS, on loopback only, as SDKs of Event Hubs use with `UseDevelopmentEmulator=true`; 0 is a free one.
   * @default undefined: there is none
   * @example { amqpPlainPort: 5672 }
   */
  readonly amqpPlainPort?: number | undefined;
  /**
   * The address on which the admin API listens. Beyond loopback it needs an `adminToken`.
   * @default '127.0.0.1'
   * @example { adminHost: '0.0.0.0', adminToken: 'secret' }
   */
  readonly adminHost?: string | undefined;
  /**
   * The bearer token that the admin API requires.
   * @default undefined: no token
   * @example { adminToken: 'secret' }
   */
  readonly adminToken?: string | undefined;
  /**
   * `on` serves the page for browsers at the address of the admin API; `off` leaves the API alone.
   * @default 'on'
   * @example { page: 'off' }
   */
  readonly page?: 'on' | 'off' | undefined;
  /**
   * The host name of the hub in connection strings. It must lead to this machine.
   * @default 'localhost'
   * @example { hostname: 'contoso.hub.localhost' }
   */
  readonly hostname?: string | undefined;
  /**
   * The folder of the development CA and of the server's certificates; they are created if they do not exist.
   * @default '~/.iothub-emulator'
   * @example { caDir: './certificates' }
   */
  readonly caDir?: string | undefined;
  /**
   * More names and addresses for the server's certificate.
   * @default []
   * @example { san: ['emulator', '10.0.0.7'] }
   */
  readonly san?: readonly string[] | undefined;
  /**
   * The file of your own server certificate with its chain, PEM; needs `key`. No development CA is used then.
   * @default undefined: a certificate of the development CA
   * @example { cert: 'tls/hub.pem', key: 'tls/hub.key' }
   */
  readonly cert?: string | undefined;
  /**
   * The file of the private key for `cert`, PEM.
   * @default undefined
   * @example { cert: 'tls/hub.pem', key: 'tls/hub.key' }
   */
  readonly key?: string | undefined;
  /**
   * The file of the CAs whose devices may authenticate by certificate, PEM.
   * @default undefined: devices with certificates are recognized by thumbprint
   * @example { deviceCa: 'tls/devices.pem' }
   */
  readonly deviceCa?: string | undefined;
  /**
   * The file of the certificates that `deviceCa` has revoked (CRLs), PEM.
   * @default undefined
   * @example { deviceCa: 'tls/devices.pem', deviceCrl: 'tls/revoked.pem' }
   */
  readonly deviceCrl?: string | undefined;
  /**
   * `strict` refuses credentials that are not valid; `off` accepts every credential and logs which ones are not valid.
   * @default 'strict'
   * @example { auth: 'off' }
   */
  readonly auth?: 'strict' | 'off' | undefined;
  /**
   * Your own keys for shared access policies, base64. Other policies keep their well-known keys.
   * @default {}
   * @example { policyKeys: { iothubowner: 'c2VjcmV0IGtleQ==' } }
   */
  readonly policyKeys?: PolicyKeys | undefined;
  /**
   * Devices that exist from the start: ids, or ids with keys, twin and modules.
   * @default []
   * @example { devices: ['d1', { id: 'oven', desired: { celsius: 180 } }] }
   */
  readonly devices?: readonly (string | DeviceOptions)[] | undefined;
  /**
   * Devices and configurations to start with: a seed as an object, or the path of a file (JSON, YAML, the output of
   * `az iot hub state export`, or a devices.txt of an export job).
   * @default undefined: none
   * @example { seed: 'fleet.yaml' }
   */
  readonly seed?: string | JsonObject | undefined;
  /**
   * Routes, endpoints and enrichments of messages, as `properties.routing` of a template has them. A seed with routes replaces
   * them.
   * @default undefined: messages of devices go to the built-in endpoint
   * @example { routing: { routes: [{ name: 'all', source: 'TwinChangeEvents', endpointNames: ['events'] }] } }
   */
  readonly routing?: JsonObject | undefined;
  /**
   * Hosts besides this machine on which webhooks of the routing may be.
   * @default []
   * @example { allowWebhook: ['hooks.example.com'] }
   */
  readonly allowWebhook?: readonly string[] | undefined;
  /**
   * How many partitions each event hub has, 1 to 32.
   * @default 4
   * @example { partitions: 1 }
   */
  readonly partitions?: number | undefined;
  /**
   * Consumer groups of the event hubs besides `$Default`; `*` admits every name.
   * @default []
   * @example { consumerGroups: ['dashboard'] }
   */
  readonly consumerGroups?: readonly string[] | undefined;
  /**
   * When queries see a write: `immediate`, `lag:<duration>` (s, m, h or ms), or `manual` until the index is released.
   * @default 'immediate'
   * @example { index: 'lag:30s' }
   */
  readonly index?: string | undefined;
  /**
   * When automatic configurations are evaluated: `immediate`, or `every:<duration>`; `every:5m` is the pace of the service.
   * @default 'immediate'
   * @example { rollout: 'every:5m' }
   */
  readonly rollout?: string | undefined;
  /**
   * The longest time that feedback on messages to devices waits for more, on the hub's clock. Tests need not wait with `0s`.
   * @default '15s'
   * @example { feedbackInterval: '0s' }
   */
  readonly feedbackInterval?: string | undefined;
  /**
   * Where devices upload files: `own`, the emulator itself; the connection string of a storage account or of Azurite, with
   * https; or `none`.
   * @default 'own'
   * @example { storage: 'UseDevelopmentStorage=true' }
   */
  readonly storage?: string | undefined;
  /**
   * `on` accepts the messages with which tests of Microsoft's SDKs ask for faults.
   * @default 'off'
   * @example { sdkFaults: 'on' }
   */
  readonly sdkFaults?: 'off' | 'on' | undefined;
  /**
   * The tier whose throttles, quotas and limits apply, with its units.
   * @default 'off'
   * @example { tier: 'S1x2' }
   */
  readonly tier?: string | undefined;
  /**
   * Faults that are injected from the start and again after a reset.
   * @default []
   * @example { faults: [{ match: { operation: 'rest', times: 1 }, effect: { type: 'throttle' } }] }
   */
  readonly faults?: readonly FaultRule[] | undefined;
  /**
   * Determines generated keys, etags and generation ids: the same number gives the same ones.
   * @default 1
   * @example { randomSeed: 42 }
   */
  readonly randomSeed?: number | undefined;
  /**
   * How much is written: `error`; `warn` for what a user may have to fix as well; `info` for a line for each connection,
   * request, report, method and message as well, at most 50 a second.
   * @default 'info'
   * @example { log: console, logLevel: 'warn' }
   */
  readonly logLevel?: 'error' | 'warn' | 'info' | undefined;
  /**
   * How messages are written to standard error: lines for people, or one JSON object each.
   * @default undefined: no messages
   * @example { logFormat: 'pretty' }
   */
  readonly logFormat?: 'pretty' | 'json' | undefined;
}
