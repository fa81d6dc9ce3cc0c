import * as z from 'zod';
import { isObject, type Json, type JsonObject, own, put } from '../../../protocol/json.ts';
import type { AdminRoute } from './route.ts';

/** The OpenAPI 3.1 document of the emulator's own API, made from the rows and their schemas. */
export const openApi = (routes: readonly AdminRoute[]): JsonObject => {
  const paths: Record<string, JsonObject> = {};
  for (const route of routes) {
    const path = route.path.replace(/:([A-Za-z]+)/g, '{$1}');
    put(paths, path, { ...paths[path], [route.method.toLowerCase()]: operation(route) });
  }
  return {
    openapi: '3.1.0',
    info: { title: 'iothub-emulator, admin API', version: '1' },
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Refusal: schemaOf(Refusal) },
    },
    // a token is demanded where the emulator was given one
    security: [{ token: [] }, {}],
  };
};

const Refusal = z.object({
  error: z.string().describe('In words'),
  code: z.string().optional().describe("The hub's name of the error"),
  hint: z.string().nullable().optional(),
});

const operation = (route: AdminRoute): JsonObject => ({
  operationId: `${route.method.toLowerCase()}${route.path.replace(/[^A-Za-z]+([A-Za-z])/g, (_, letter: string) => letter.toUpperCase())}`,
  ...(route.summary === undefined ? {} : { summary: route.summary }),
  parameters: [
    ...[...route.path.matchAll(/:([A-Za-z]+)/g)].map(([, name = '']) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...queryOf(route),
  ],
  ...bodyOf(route),
  responses: {
    ...answersOf(route),
    default: {
      description: 'A refusal',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } },
    },
  },
  ...(route.open ? { security: [] } : {}),
});

const queryOf = ({ query }: AdminRoute): JsonObject[] => {
  const properties = query === undefined ? undefined : own(schemaOf(query), 'properties');
  return Object.entries(isObject(properties) ? properties : {}).map(([name, schema]) => ({
    name,
    in: 'query',
    schema: schema ?? {},
  }));
};

const bodyOf = ({ bodyLimit, schema, alsoAs = [] }: AdminRoute): JsonObject => {
  if (bodyLimit === 0) return {};
  const content = {
    'application/json': { schema: schema === undefined ? {} : schemaOf(schema) },
    ...Object.fromEntries(alsoAs.map((type): [string, Json] => [type, { schema: { type: 'string' } }])),
  };
  return { requestBody: { content } };
};

const answersOf = ({ answers = ['application/json'] }: AdminRoute): JsonObject =>
  answers.length === 0
    ? { '204': { description: 'Done' } }
    : {
        '200': { description: 'Done', content: Object.fromEntries(answers.map((type): [string, Json] => [type, {}])) },
      };

/** A schema that cannot be written down says nothing rather than something wrong. */
const schemaOf = (schema: z.ZodType): JsonObject => {
  const { $schema: _, ...rest } = JSON.parse(
    JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })),
  );
  return rest;
};
