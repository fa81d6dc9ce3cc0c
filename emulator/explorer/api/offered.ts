import type { Client } from './client.ts';
import type { Info } from './types.ts';

/** The operations of this build, such as `GET /traffic`: what the page lacks it does not show. */
export const offered = async (client: Client, info: Info): Promise<ReadonlySet<string>> => {
  if (info.operations !== undefined) return new Set(info.operations);
  const { paths } = await client.get<{ paths: Record<string, Record<string, unknown>> }>('/openapi.json');
  return new Set(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    ),
  );
};
