import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openApi } from '../../emulator/servers/admin/openapi.ts';
import { ADMIN_OPERATIONS } from '../../protocol/admin/operations.ts';
import { isObject, type Json, type JsonObject, own } from '../../protocol/json.ts';
import { schemaText } from './schema-text.ts';

// `npm run docs` runs this file: it writes docs/admin-api.md.

/** The text of docs/admin-api.md, from the same document that `/openapi.json` answers. */
export const adminApiDocument = (): string => {
  const document = openApi(ADMIN_OPERATIONS);
  const operations = Object.entries(object(document.paths)).flatMap(([path, methods]) =>
    Object.entries(object(methods)).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation: object(operation),
    })),
  );
  return `${INTRODUCTION}
${operations.map(({ name, operation }) => `| \`${name}\` | ${operation.summary} |`).join('\n')}

${operations.map(({ name, operation }) => section(name, operation)).join('\n\n')}
`;
};

const INTRODUCTION = `# Admin API

Made by \`npm run docs\` from \`protocol/admin/operations.ts\`. \`GET /openapi.json\` answers the same for programs.

The emulator's own API is plain HTTP on 127.0.0.1:8088 (\`--admin-host\`, \`--admin-port\`). With \`--admin-token\` it requires
\`Authorization: Bearer <token>\`, except for the operations marked *open*. It refuses requests whose \`Host\` is not a name of
this machine and requests from web pages of others (403). An error is \`{ error, code?, hint? }\` with a status of 400 or more.

| operation | |
|---|---|`;

const section = (name: string, operation: JsonObject): string =>
  [
    `## ${name}\n\n${operation.summary}.${'security' in operation ? ' *Open.*' : ''}`,
    ...query(operation),
    ...content('Body', object(object(operation.requestBody).content)),
    ...answers(object(operation.responses)),
  ].join('\n\n');

const query = ({ parameters }: JsonObject): string[] => {
  const named = (Array.isArray(parameters) ? parameters : []).filter(isObject).filter((one) => one.in === 'query');
  if (named.length === 0) return [];
  const properties = Object.fromEntries(named.map(({ name, schema }) => [String(name), object(schema)]));
  return [`Query:\n\n${block({ type: 'object', properties })}`];
};

const answers = (responses: JsonObject): string[] =>
  Object.entries(responses).flatMap(([status, response]) => {
    if (status === 'default') return [];
    const found = object(object(response).content);
    return Object.keys(found).length === 0 ? [`Answer: ${status}, without content.`] : content('Answer', found);
  });

const content = (title: string, types: JsonObject): string[] => {
  const [others, json] = [Object.keys(types).filter((type) => type !== JSON_TYPE), own(types, JSON_TYPE)];
  const schema = object(object(json).schema);
  const names = [...(json === undefined ? [] : [JSON_TYPE]), ...others].map((type) => `\`${type}\``).join(', ');
  if (names === '') return [];
  return [`${title}: ${names}`, ...(Object.keys(schema).length === 0 ? [] : [block(schema)])];
};

const JSON_TYPE = 'application/json';

const block = (schema: JsonObject): string => `\`\`\`ts\n${schemaText(schema)}\n\`\`\``;

const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

const FILE = fileURLToPath(new URL('../../docs/admin-api.md', import.meta.url));

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(FILE, adminApiDocument());
