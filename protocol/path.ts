type NamesIn<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? Name | NamesIn<Rest>
  : P extends `${string}:${infer Name}`
    ? Name
    : never;

/** The parameters that a path such as `/twins/:deviceId` names. */
export type ParamsOf<P extends string> = { readonly [Name in NamesIn<P>]: string };
