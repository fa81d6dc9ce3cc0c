import * as z from 'zod';
import type { Json, JsonObject } from '../../../protocol/json.ts';
import { put } from '../../../protocol/json.ts';
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
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
};

const operation = (route: AdminRoute): JsonObject => ({
  operationId: `${route.method.toLowerCase()}${route.path.replace(/[^A-Za-z]+([A-Za-z])/g, (_, letter: string) => letter.toUpperCase())}`,
  parameters: [...route.path.matchAll(/:([A-Za-z]+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  })),
  ...(route.schema === undefined
    ? {}
    : { requestBody: { content: { 'application/json': { schema: schemaOf(route.schema) } } } }),
  responses: {
    default: { description: 'The answer; a refusal is `{"error": text}`.' },
  },
  ...(route.open ? { security: [] } : {}),
});

/** A schema that cannot be written down says nothing rather than something wrong. */
const schemaOf = (schema: z.ZodType): Json =>
  JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })));
