import * as z from 'zod';
import { isId } from './identity-key.ts';
import { isObject, type JsonObject } from './json.ts';

const base64Key = () => z.base64().min(1).describe('A symmetric key, base64');
const object = (what: string) => z.custom<JsonObject>(isObject, 'must be an object').optional().describe(what);

const common = () => ({
  status: z.enum(['enabled', 'disabled']).optional(),
  primaryKey: base64Key().optional(),
  secondaryKey: base64Key().optional(),
  x509: z
    .union([
      z.literal('ca'),
      z.strictObject({ primaryThumbprint: z.string(), secondaryThumbprint: z.string().optional() }),
    ])
    .optional()
    .describe('ca, or the thumbprints of certificates, instead of keys'),
  tags: object('Tags of the twin'),
  desired: object('Desired properties of the twin'),
  reported: object('Reported properties of the twin'),
  modelId: z.string().optional().describe('Digital twin model, such as dtmi:com:example:Thermostat;1'),
});

/** A device that exists from the start, or many by `count`: `{i}` stands for the number, `{i%10}` for its remainder. */
export const DeviceSeed = z.lazy(() =>
  z
    .strictObject({
      id: z.string().describe('With {i} in it if there is a count'),
      count: z.int().min(1).max(1_000_000).optional().describe('How many, numbered from 0'),
      from: z.int().min(0).optional().describe('The first number, if not 0'),
      ...common(),
      edge: z.boolean().optional(),
      parent: z.string().optional().describe('Id of an edge device'),
      modules: z.array(z.strictObject({ id: z.string(), ...common() })).optional(),
    })
    .refine(({ id, count }) => isId(count === undefined ? id : id.replace(/\{i(?:%\d+)?\}/g, '0')), {
      error: 'is not a valid device id',
      path: ['id'],
    })
    .refine(({ id, count }) => count === undefined || id.includes('{i}'), {
      error: 'must have {i} in it where there is a count',
      path: ['id'],
    }),
);
export type DeviceSeed = z.infer<typeof DeviceSeed>;

/** A seed file of our own form, as JSON or YAML. */
export const SeedFile = z.lazy(() =>
  z.strictObject({
    $schema: z.string().optional(),
    devices: z.array(z.union([z.string().refine(isId, { error: 'is not a valid device id' }), DeviceSeed])).default([]),
    configurations: z
      .array(z.custom<JsonObject>(isObject, 'must be an object'))
      .default([])
      .describe('As bodies of a PUT of the service'),
    routing: object('Routes, endpoints and enrichments, as properties.routing of a template'),
  }),
);
export type SeedFile = z.infer<typeof SeedFile>;
