import type { IdentityName } from '../../protocol/identity-key.ts';
import type { JsonObject } from '../../protocol/json.ts';

/** An identity with its twin. */
export interface SeedIdentity {
  readonly name: IdentityName;
  /** The body of an identity PUT. */
  readonly identity: JsonObject;
  readonly tags?: JsonObject | undefined;
  readonly desired?: JsonObject | undefined;
  readonly reported?: JsonObject | undefined;
  readonly modelId?: string | undefined;
  /** Id of an edge device. */
  readonly parent?: string | undefined;
}

/** What a hub starts with, in whatever form the file was. Devices come before their modules. */
export interface Seed {
  readonly identities: readonly SeedIdentity[];
  /** Automatic configurations and edge deployments, as bodies of a PUT. */
  readonly configurations: readonly JsonObject[];
  /** A block of `properties.routing`; the hub keeps its routes if it is not given. */
  readonly routing?: JsonObject | undefined;
}
