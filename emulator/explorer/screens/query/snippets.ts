import { quoted } from '../traffic/snippets.ts';

/** A query as code for a program or a tool. */
export interface QuerySnippet {
  readonly title: string;
  write(query: string): string;
}

export const QUERY_SNIPPETS: readonly QuerySnippet[] = [
  {
    title: 'Node',
    write: (query) =>
      [
        "import iothub from 'azure-iothub';",
        '',
        'const registry = iothub.Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);',
        `const query = registry.createQuery(${JSON.stringify(query)}, 100);`,
        'while (query.hasMoreResults) console.log((await query.next()).result);',
      ].join('\n'),
  },
  {
    title: 'Python',
    write: (query) =>
      [
        'import os',
        'from azure.iot.hub import IoTHubRegistryManager',
        'from azure.iot.hub.models import QuerySpecification',
        '',
        'registry = IoTHubRegistryManager.from_connection_string(os.environ["IOTHUB_CONNECTION_STRING"])',
        `answer = registry.query_iot_hub(QuerySpecification(query=${JSON.stringify(query)}), None, 100)`,
        'print(answer.items)',
      ].join('\n'),
  },
  {
    title: 'az',
    write: (query) =>
      `az iot hub query --query-command ${quoted(query.replaceAll('\n', ' '))} --login "$IOTHUB_CONNECTION_STRING"`,
  },
  {
    title: 'curl',
    write: (query) =>
      [
        'curl -X POST "https://$IOTHUB_HOST/devices/query?api-version=2021-04-12"',
        '-H "authorization: $IOTHUB_SAS"',
        "-H 'content-type: application/json'",
        `-d ${quoted(JSON.stringify({ query }))}`,
      ].join(' \\\n  '),
  },
];
