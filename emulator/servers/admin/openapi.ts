import * as z from 'zod';
import type { Operation, Operations } from '../../../protocol/admin/operation.ts';
import { AdminError } from '../../../protocol/admin/server.ts';
import { isObject, type Json, type JsonObject, own, put } from '../../../protocol/json.ts';

/** The OpenAPI 3.1 document of the emulator's own API. */
export const openApi = (operations: Operations): JsonObject => {
  const paths: Record<string, JsonObject> = {};
  for (const [name, operation] of Object.entries(operations)) {
    const [method = '', route = ''] = name.split(' ', 2);
    const path = route.replace(/:([A-Za-z]+)/g, '{$1}');
    put(paths, path, { ...paths[path], [method.toLowerCase()]: described(name, operation) });
  }
  return {
    openapi: '3.1.0',
    info: { title: 'iothub-emulator, admin API', version: '1' },
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: schemaOf(AdminError, 'output') },
    },
    // an emulator without a token requires none
    security: [{ token: [] }, {}],
  };
};

const described = (name: string, operation: Operation): JsonObject => ({
  operationId: operationId(name),
  summary: operation.summary,
  parameters: [...pathParameters(name), ...queryParameters(operation)],
  ...requestBody(operation),
  responses: {
    ...success(operation),
    default: { description: 'An error', content: { [JSON_TYPE]: { schema: { $ref: '#/components/schemas/Error' } } } },
  },
  ...(operation.open ? { security: [] } : {}),
});

const JSON_TYPE = 'application/json';

const operationId = (name: string): string => {
  const [method = '', path = ''] = name.split(' ', 2);
  const words = path.split(/[^A-Za-z]+/).map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`);
  return `${method.toLowerCase()}${words.join('')}`;
};

const pathParameters = (name: string): JsonObject[] =>
  [...name.matchAll(/:([A-Za-z]+)/g)].map(([, parameter = '']) => ({
    name: parameter,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

const queryParameters = ({ query }: Operation): JsonObject[] => {
  const properties = query === undefined ? undefined : own(schemaOf(query, 'input'), 'properties');
  return Object.entries(isObject(properties) ? properties : {}).map(([name, schema]) => ({
    name,
    in: 'query',
    schema: schema ?? {},
  }));
};

const requestBody = ({ body, accepts = [], accepted }: Operation): JsonObject => {
  if (body === undefined && accepts.length === 0) return {};
  const schema = body ?? accepted;
  const content = {
    ...texts(accepts),
    [JSON_TYPE]: { schema: schema === undefined ? {} : schemaOf(schema, 'input') },
  };
  return { requestBody: { content } };
};

const success = ({ answer, produces = [] }: Operation): JsonObject => {
  if (answer === undefined && produces.length === 0) return { '204': { description: 'Done' } };
  const content = {
    ...texts(produces),
    ...(answer === undefined ? {} : { [JSON_TYPE]: { schema: schemaOf(answer, 'output') } }),
  };
  return { '200': { description: 'Done', content } };
};

const texts = (types: readonly string[]): Record<string, Json> =>
  Object.fromEntries(types.map((type) => [type, type === JSON_TYPE ? {} : { schema: { type: 'string' } }]));

/** What JSON schema cannot express allows anything. */
const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): JsonObject => {
  const { $schema: _, ...rest } = JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: 'any' })));
  return rest;
};
