import * as z from 'zod';

/** An identity as the service API gives it, as far as it is looked at here. */
export const Device = z.looseObject({
  deviceId: z.string(),
  authentication: z
    .looseObject({
      type: z.string().optional(),
      symmetricKey: z.looseObject({ primaryKey: z.string().nullish() }).nullish(),
    })
    .nullish(),
});
export type Device = z.infer<typeof Device>;
