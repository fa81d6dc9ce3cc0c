import { isLoopback } from '../addresses.ts';
import type { Emulator } from '../index.ts';
import type { Options } from '../options.ts';
import { version } from '../version.ts';
import { evalLine, quoted } from './shell.ts';

/** One JSON object on one line, for programs that wait until the hub is there. */
export const readyLine = (emulator: Emulator, options: Options): string =>
  `${JSON.stringify({
    event: 'ready',
    https: emulator.httpsPort,
    mqtt: emulator.mqttPort,
    admin: emulator.adminPort,
    adminUrl: emulator.adminUrl,
    connectionString: emulator.connectionString(),
    ca: emulator.caFile ?? null,
    devices: deviceIds(options).map((id) => ({ id, connectionString: emulator.deviceConnectionString(id) })),
  })}\n`;

/** What a person needs to connect something. */
export const banner = (emulator: Emulator, options: Options, self: string): string => {
  const { httpsPort, mqttPort, adminUrl } = emulator;
  const name = options.hostname;
  const lines: string[] = [
    '',
    `  IoT Hub emulator ${version()}   hub "${name}"   data: in memory${notes(options)}`,
    '',
    `  HTTPS, WS  https://${name}${httpsPort === 443 ? '' : `:${httpsPort}`}     MQTTS  ${name}:${mqttPort}     Admin  ${adminUrl}`,
    `  Service    ${emulator.connectionString()}`,
    ...deviceIds(options).map((id) => `  Device     ${emulator.deviceConnectionString(id)}`),
    ...trust(emulator, self),
    ...ports(emulator, self),
    ...(isLoopback(options.host)
      ? []
      : [`  Beware     ${options.host} is open to others, and the keys of this hub are public`]),
    '',
  ];
  return `${lines.join('\n')}\n`;
};

/** What nobody shall be surprised by. */
const notes = ({ auth, clock, sdkFaults, faults }: Options): string =>
  [
    ...(clock === 'system' ? [] : [`   clock: ${clock}`]),
    ...(auth === 'off' ? ['   auth: OFF'] : []),
    ...(sdkFaults === 'on' ? ['   SDK faults: ON'] : []),
    ...(faults.length > 0 ? [`   faults: ${faults.map(({ effect }) => effect.type).join(', ')}`] : []),
  ].join('');

/** The line that makes each family of SDKs accept the certificate, and the one that tells whether it does. */
const trust = (emulator: Emulator, self: string): string[] => {
  const { ca, caFile } = emulator;
  if (ca === undefined || caFile === undefined) return ['', `  Trouble?   ${self} doctor`];
  const { SSL_CERT_FILE: bundle } = emulator.env();
  return [
    `  CA         ${caFile}`,
    '',
    `  Node       export NODE_EXTRA_CA_CERTS=${quoted(caFile)}`,
    `  Python, az export REQUESTS_CA_BUNDLE=${quoted(bundle)} SSL_CERT_FILE=${quoted(bundle)}`,
    `  Java       ${evalLine(`${self} trust --store java`)}`,
    `  .NET, curl ${self} trust --store os`,
    `  C, others  give this file to the client as trusted certificate: ${caFile}`,
    `  Trouble?   ${self} doctor`,
  ];
};

const ports = ({ httpsPort, mqttPort }: Emulator, self: string): string[] =>
  httpsPort === 443 && mqttPort === 8883
    ? []
    : [
        '',
        '  Most SDKs have the ports 443 and 8883 built in and do not find this hub.',
        `  Programs run by \`${self} exec --ports random -- CMD\` are led there if they run on Node.`,
      ];

/** Those that were named one by one. */
const deviceIds = ({ devices }: Options): string[] =>
  devices.flatMap((device) => {
    if (typeof device === 'string') return [device];
    return device.count === undefined ? [device.id] : [];
  });
