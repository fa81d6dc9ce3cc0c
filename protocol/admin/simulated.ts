import * as z from 'zod';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { MessageBody } from './messages.ts';

/** A number between two others, or a value that stays as it is. */
const Field = z.union([z.tuple([z.number(), z.number()]), z.string(), z.number(), z.boolean()]);

/** What a simulated device sends and reports, and how it answers. */
export const Template = z.strictObject({
  telemetry: z.record(z.string(), Field).default({}).describe('Two numbers are a range'),
  reported: z.record(z.string(), Field).default({}),
  methods: z.record(z.string(), z.custom<Json>()).default({}).describe('The answers by name of the method'),
});
export type Template = z.output<typeof Template>;

export const TemplateList = z.array(
  Template.extend({
    name: z.string(),
    title: z.string(),
    isSaved: z.boolean().describe('False for those that every hub has'),
  }),
);
export type TemplateList = z.output<typeof TemplateList>;

export const SaveTemplate = Template.extend({ title: z.string().max(200).default('') });

export const SimulatedTelemetry = z.strictObject({
  body: MessageBody,
  properties: z.record(z.string(), z.string()).default({}),
});

export const SimulatedReport = z.strictObject({
  patch: z.custom<JsonObject>(isObject).meta({ type: 'object' }).describe('null deletes'),
});
export const SimulatedAnswer = z.strictObject({
  requestId: z.string(),
  status: z.int().default(200),
  payload: z.custom<Json>().optional(),
});
