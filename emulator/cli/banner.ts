import { hostsOf, isLoopback } from '../endpoints/addresses.ts';
import { namesForOthers } from '../endpoints/names-for-others.ts';
import { areDefault, PROTOCOLS } from '../endpoints/protocols.ts';
import type { Emulator } from '../index.ts';
import type { Options } from '../options.ts';
import { version } from '../version.ts';
import { evalLine, quoted } from './shell-quoting.ts';

/** One JSON object on one line, for programs that wait until the hub is ready. */
export const readyLine = (emulator: Emulator, options: Options): string =>
  `${JSON.stringify({
    event: 'ready',
    ...emulator.ports,
    adminUrl: emulator.adminUrl,
    connectionString: emulator.connectionString(),
    eventsConnectionString: emulator.eventsConnectionString(),
    ...(options.amqpPlainPort === undefined
      ? {}
      : { plainEventsConnectionString: emulator.eventsConnectionString(undefined, 'plain') }),
    ca: emulator.caFile ?? null,
    devices: deviceIds(emulator, options).map((id) => ({ id, connectionString: emulator.deviceConnectionString(id) })),
  })}\n`;

/** What a person needs in order to connect something. `self` is how this program was called. */
export const banner = (emulator: Emulator, options: Options, self: string): string => {
  const { hostname, host, page, data } = options;
  const lines: string[] = [
    '',
    `  IoT Hub emulator ${version()}   hub "${hostname}"   data: ${data === undefined ? 'in memory' : `${data} (${options.durability})`}${notes(options)}`,
    '',
    ...PROTOCOLS.map(({ name, label, url }) => row(label, url(hostname, emulator.ports[name]))),
    row(page === 'on' ? 'Page' : 'Admin', emulator.adminUrl),
    row('Service', emulator.connectionString()),
    row('Events', emulator.eventsConnectionString()),
    ...(options.amqpPlainPort === undefined
      ? []
      : [row('no TLS', emulator.eventsConnectionString(undefined, 'plain'))]),
    ...deviceIds(emulator, options).map((id) => row('Device', emulator.deviceConnectionString(id))),
    ...trust(emulator, self),
    ...ports(emulator, self),
    ...(hostsOf(host).every(isLoopback)
      ? []
      : [`  Warning:    ${host} is open to other machines; the keys of this hub are public`, ...others(options)]),
    '',
  ];
  return `${lines.join('\n')}\n`;
};

const row = (label: string, value: string): string => `  ${label.padEnd(10)} ${value}`;

/** Strings with `localhost` lead other machines to themselves. */
const others = ({ host, hostname }: Options): string[] => {
  const names = namesForOthers(hostsOf(host));
  const leadsHere = isLoopback(hostname) || hostname.endsWith('.localhost');
  if (!leadsHere || names.length === 0) return [];
  return [
    `  Others:     they reach it as ${names.slice(0, 2).join(' or ')}.`,
    `              With --hostname ${names[1] ?? names[0]} the strings above lead there.`,
  ];
};

/** Options that make the hub behave in an unusual way. */
export const notes = ({ auth, clock, sdkFaults, faults, tier }: Options): string =>
  [
    ...(clock === 'system' ? [] : [`   clock: ${clock}`]),
    ...(tier === 'off' ? [] : [`   tier: ${tier}`]),
    ...(auth === 'off' ? ['   auth: OFF'] : []),
    ...(sdkFaults === 'on' ? ['   SDK faults: ON'] : []),
    ...(faults.length > 0 ? [`   faults: ${faults.map(({ effect }) => effect.type).join(', ')}`] : []),
  ].join('');

/** For each family of SDKs the command that makes it trust the certificate, and the command that checks it. */
const trust = (emulator: Emulator, self: string): string[] => {
  const { ca, caFile } = emulator;
  if (ca === undefined || caFile === undefined) return ['', `  Problems?   ${self} doctor`];
  const { SSL_CERT_FILE: bundle } = emulator.env();
  return [
    `  CA         ${caFile}`,
    '',
    `  Node:       export NODE_EXTRA_CA_CERTS=${quoted(caFile)}`,
    `  Python, az: export SSL_CERT_FILE=${quoted(bundle)}`,
    `              export REQUESTS_CA_BUNDLE=${quoted(bundle)}`,
    `  Java:       ${evalLine(`${self} trust --store java`)}`,
    `  .NET, curl: ${self} trust --store os`,
    '  C, others:  give the client the file of the CA as trusted certificate',
    `  Problems?   ${self} doctor`,
  ];
};

const ports = (emulator: Emulator, self: string): string[] =>
  areDefault(emulator.ports)
    ? []
    : [
        '',
        `  Most SDKs have the ports ${PROTOCOLS.map(({ number }) => number).join(', ')} built in: they do not find this hub.`,
        '  This runs a program on Node that is redirected to the ports of a hub:',
        `              ${self} exec --ports random -- CMD`,
      ];

/** The devices that the options name one by one, as far as a hub that was kept still has them. */
const deviceIds = ({ hub }: Emulator, { devices }: Options): string[] =>
  devices
    .flatMap((device) => {
      if (typeof device === 'string') return [device];
      return device.count === undefined ? [device.id] : [];
    })
    .filter((id) => hub.registry.find(id) !== undefined);
