import { HubError } from '../../../protocol/errors.ts';
import { keyOf } from '../../../protocol/identity-key.ts';
import type { Json } from '../../../protocol/json.ts';
import { timestamp } from '../../kernel/clock.ts';
import { type ConfigurationPlan, type Layer, targetedOnly } from '../configurations/configuration-plan.ts';
import type { ConfigurationTrial } from '../configurations/configurations.ts';
import { isCovered } from '../configurations/settings-tree.ts';
import { type Member, withTwin } from '../fleet/member.ts';
import { visitMembers } from '../fleet/visit-members.ts';
import type { Hub } from '../hub.ts';
import type { Twin } from '../twins/twin.ts';
import { configuredTwin } from '../twins/twin-writes.ts';
import { type DryRun, Touched } from './touched.ts';

export interface ConfigurationDryRun extends DryRun {
  /** Configurations that win over settings of this one, and in how many twins. */
  readonly overruledBy: ReadonlyMap<string, number>;
}

/**
 * What a configuration would change once it is stored and evaluated; nothing is written. Yields between short slices.
 * Throws as `Configurations.put` does.
 */
export function* dryRunConfiguration(
  hub: Hub,
  { id, body, most }: { readonly id: string; readonly body: Json; readonly most: number },
): Generator<void, ConfigurationDryRun> {
  const { fleet, limits, clock } = hub;
  const trial = hub.configurations.trial(id, body);
  const touched = new Touched(most);
  const overruledBy = new Map<string, number>();
  const surroundings = { at: timestamp(clock.now()), limits };
  yield* visitMembers([fleet.devices, fleet.modules], (member) => {
    const layers = trial.planner.layers(member, trial.all);
    if (isMatched(trial, member, layers)) touched.match();
    for (const other of winners(id, layers)) overruledBy.set(other, (overruledBy.get(other) ?? 0) + 1);
    const plan = trial.planner.plan(member, layers, { all: trial.all, isFull: true });
    const creates = trial.planner
      .modulesNeeded(member, trial.all)
      .filter((moduleId) => fleet.find(keyOf({ deviceId: member.key, moduleId })) === undefined);
    const twin = plan === undefined ? member.twin : written(member.twin, plan, surroundings);
    touched.change(member, withTwin(member, twin), [...new Set(creates)]);
  });
  return { ...touched.result, overruledBy };
}

/** An edge deployment selects devices, and writes into their modules. */
const isMatched = (
  { configuration: { id, content }, all }: ConfigurationTrial,
  member: Member,
  layers: readonly Layer[],
): boolean =>
  content.kind === 'edge'
    ? member.identity.moduleId === undefined &&
      all.some(({ configuration, selection }) => configuration.id === id && selection.matches(member))
    : layers.some((layer) => layer.id === id);

/** Configurations with a higher priority that write what `id` writes too. */
const winners = (id: string, layers: readonly Layer[]): string[] => {
  const own = layers.findIndex((layer) => layer.id === id);
  const settings = layers[own]?.settings ?? [];
  return layers
    .slice(0, Math.max(0, own))
    .filter((above) => settings.some((setting) => isCovered(setting, above.settings)))
    .map((above) => above.id);
};

/** A twin that would get too large is targeted only. */
const written = (twin: Twin, plan: ConfigurationPlan, surroundings: Parameters<typeof configuredTwin>[2]): Twin => {
  try {
    return configuredTwin(twin, plan, surroundings);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return configuredTwin(twin, targetedOnly(plan.statuses), surroundings);
  }
};
