import type { TrafficDetail } from '../../api/types.ts';

/** A request as a line for another tool. */
export interface Snippet {
  readonly title: string;
  suits(detail: TrafficDetail): boolean;
  write(detail: TrafficDetail): string;
}

const isRest = ({ protocol }: TrafficDetail): boolean => protocol === 'REST';
const isPublish = ({ protocol, operation }: TrafficDetail): boolean =>
  protocol.startsWith('MQTT') && (operation === 'telemetry' || operation === 'twin.report');

/** Single quotes around a text for a shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const curl = ({ request }: TrafficDetail): string => {
  const [method = 'GET', path = '/'] = request.line.split(' ');
  const lines = [
    `curl -X ${method} "https://$IOTHUB_HOST${path.replace(/["$`\\]/g, '\\$&')}"`,
    `-H "authorization: $IOTHUB_SAS"`,
    ...(request.fields.some(([name]) => name === 'if-match')
      ? [`-H ${quoted(`if-match: ${request.fields.find(([name]) => name === 'if-match')?.[1]}`)}`]
      : []),
    ...(request.body === undefined ? [] : ["-H 'content-type: application/json'", `-d ${quoted(request.body)}`]),
  ];
  return lines.join(' \\\n  ');
};

const az = ({ request }: TrafficDetail): string => {
  const [method = '', path = ''] = request.line.split(/[ ?]/);
  const [, place, id = '', rest] = path.split('/');
  const login = '--login "$IOTHUB_CONNECTION_STRING"';
  const device = `--device-id ${quoted(decodeURIComponent(id))}`;
  if (place === 'twins' && rest === 'methods')
    return `az iot hub invoke-device-method ${device} --method-name NAME ${login}`;
  if (place === 'twins' && method === 'GET') return `az iot hub device-twin show ${device} ${login}`;
  if (place === 'twins')
    return `az iot hub device-twin update ${device} --desired ${quoted(request.body ?? '{}')} ${login}`;
  if (path.endsWith('/query')) return `az iot hub query --query-command ${quoted(queryIn(request.body))} ${login}`;
  return `az iot hub device-identity ${VERBS[method] ?? 'show'} ${device} ${login}`;
};

const VERBS: Readonly<Record<string, string>> = { PUT: 'create', DELETE: 'delete', GET: 'show' };

const queryIn = (body: string | undefined): string => {
  try {
    return String(JSON.parse(body ?? '').query);
  } catch {
    return '';
  }
};

const mosquitto = ({ request, who }: TrafficDetail): string => {
  const topic = request.fields.find(([name]) => name === 'topic')?.[1] ?? '';
  return [
    'mosquitto_pub -h "$IOTHUB_HOST" -p 8883 --cafile "$IOTHUB_CA_FILE" -q 1',
    `-i ${quoted(who)} -u "$IOTHUB_HOST/${who.replace(/["$`\\]/g, '\\$&')}/?api-version=2021-04-12" -P "$IOTHUB_SAS"`,
    `-t ${quoted(topic)} -m ${quoted(request.body ?? '')}`,
  ].join(' \\\n  ');
};

const node = (detail: TrafficDetail): string => (isPublish(detail) ? nodeDevice(detail) : nodeService(detail));

const nodeDevice = ({ operation, request }: TrafficDetail): string =>
  operation === 'telemetry'
    ? `await client.sendEvent(new Message(${JSON.stringify(request.body ?? '')}));`
    : `const twin = await client.getTwin();\ntwin.properties.reported.update(${request.body ?? '{}'}, (error) => console.log(error ?? 'reported'));`;

const nodeService = ({ request }: TrafficDetail): string => {
  const [method = '', path = ''] = request.line.split(/[ ?]/);
  const id = JSON.stringify(decodeURIComponent(path.split('/')[2] ?? ''));
  const registry = 'const registry = Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);\n';
  if (path.startsWith('/twins/') && method === 'PATCH')
    return `${registry}await registry.updateTwin(${id}, ${request.body ?? '{}'}, '*');`;
  if (path.startsWith('/twins/')) return `${registry}const { responseBody } = await registry.getTwin(${id});`;
  if (path.endsWith('/query'))
    return `${registry}const { result } = await registry.createQuery(${JSON.stringify(queryIn(request.body))}).nextAsTwin();`;
  return `${registry}const { responseBody } = await registry.get(${id});`;
};

export const SNIPPETS: readonly Snippet[] = [
  { title: 'curl', suits: isRest, write: curl },
  { title: 'az', suits: isRest, write: az },
  { title: 'mosquitto_pub', suits: isPublish, write: mosquitto },
  { title: 'Node', suits: (detail) => isRest(detail) || isPublish(detail), write: node },
];
