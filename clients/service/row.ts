/** A document of the hub whose type only the caller knows, such as a row of a query, which depends on the SELECT. */
// biome-ignore lint/suspicious/noExplicitAny: azure-iothub leaves these untyped, and so do we
export type Row = any;
