import type { Change, Outcome } from '#model/change.ts';
import { Fault, type ItemResult } from '#model/fault.ts';
import type { Compatibility, SchemaRegistry, SubjectMode, SubjectSchema } from '#ports/schema-registry.ts';
import { type ClusterPorts, outcomesOf } from '../kind.ts';
import { pinned, referencesIn } from './references.ts';

type Setting = { subject: string; compatibility?: Compatibility | null; mode?: SubjectMode | null };

/** Levels first, then new versions after those that they refer to, then what closes a subject; deletions the other way round. */
export async function apply(ports: ClusterPorts, changes: readonly Change[]): Promise<Outcome[]> {
  const registry = await ports.schemaRegistry();
  const outcomes = new Map<Change, Outcome>();
  const open = () =>
    changes.filter(change => change.action !== 'delete' && (outcomes.get(change)?.state ?? 'applied') === 'applied');
  await configure(registry, open(), outcomes, opening);
  await register(registry, open().filter(registers), outcomes);
  await configure(registry, open(), outcomes, closing);
  for (const level of levels(
    changes.filter(change => change.action === 'delete'),
    deletedReferences,
  ).toReversed())
    note(outcomes, level, outcomesOf(await registry.remove(level.map(change => change.remoteName))));
  return changes.map(change => outcomes.get(change) ?? { state: 'applied' });
}

const note = (outcomes: Map<Change, Outcome>, changes: readonly Change[], found: readonly Outcome[]): void =>
  changes.forEach((change, index) => void outcomes.set(change, found[index] as Outcome));

const fieldTo = (change: Change, path: string) => change.fields.find(field => field.path === path);
const registers = (change: Change): boolean => change.fields.some(field => /^(schema|references|type)$/.test(field.path));

/** A subject that is to be read only takes its last version first. */
const opening = (change: Change): Setting | undefined => {
  const level = fieldTo(change, 'compatibility');
  const mode = fieldTo(change, 'mode');
  const ours = {
    ...(level === undefined ? {} : { compatibility: level.to as Compatibility | null }),
    ...(mode === undefined || mode.to === 'READONLY' ? {} : { mode: mode.to as SubjectMode | null }),
  };
  return Object.keys(ours).length === 0 ? undefined : { subject: change.remoteName, ...ours };
};
const closing = (change: Change): Setting | undefined =>
  fieldTo(change, 'mode')?.to === 'READONLY' ? { subject: change.remoteName, mode: 'READONLY' } : undefined;

async function configure(
  registry: SchemaRegistry,
  changes: readonly Change[],
  outcomes: Map<Change, Outcome>,
  settingOf: (change: Change) => Setting | undefined,
): Promise<void> {
  const set = changes.flatMap(change => {
    const setting = settingOf(change);
    return setting === undefined ? [] : [{ change, setting }];
  });
  const found = outcomesOf(await registry.configure(set.map(each => each.setting)));
  note(
    outcomes,
    set.map(each => each.change),
    found,
  );
}

async function register(registry: SchemaRegistry, changes: readonly Change[], outcomes: Map<Change, Outcome>): Promise<void> {
  const referred = new Set(changes.flatMap(change => referencesIn(change.owned.references).map(each => each.subject)));
  const known = referred.size === 0 ? [] : [...(await registry.latest(referred))];
  const versions = new Map(known.map(([subject, each]) => [subject, each.version]));
  const failed = new Set<string>();
  for (const level of levels(changes, change => change.owned.references)) {
    const sent: { change: Change; schema: SubjectSchema }[] = [];
    for (const change of level) {
      const references = referencesIn(change.owned.references);
      const lost = references.find(each => failed.has(each.subject));
      const found = pinned(references, subject => versions.get(subject));
      if (lost === undefined && found !== undefined) sent.push({ change, schema: schemaOf(change, found) });
      else {
        outcomes.set(change, {
          state: 'skipped',
          message: `It refers to ${lost?.subject ?? 'a subject'}, which was not registered.`,
        });
        failed.add(change.remoteName);
      }
    }
    const results = await settled(
      registry,
      sent.map(each => each.schema),
      await registry.register(sent.map(each => each.schema)),
    );
    note(
      outcomes,
      sent.map(each => each.change),
      outcomesOf(results),
    );
    results.forEach((result, index) => {
      const { subject } = sent[index]?.schema as SubjectSchema;
      if (result.ok) versions.set(subject, result.value);
      else failed.add(subject);
    });
  }
}

const schemaOf = ({ remoteName, owned }: Change, references: SubjectSchema['schema']['references']): SubjectSchema => ({
  subject: remoteName,
  schema: { type: owned.type as SubjectSchema['schema']['type'], text: String(owned.schema), references },
  normalize: owned.normalize === true,
});

/** A registration whose answer never came may have happened: the registry is asked, and nothing is sent twice. */
async function settled(
  registry: SchemaRegistry,
  schemas: readonly SubjectSchema[],
  results: readonly ItemResult<number>[],
): Promise<ItemResult<number>[]> {
  const unsure = results.flatMap((result, index) =>
    !result.ok && /outcome-unknown|server-error|timed-out/.test(result.fault.code) ? [index] : [],
  );
  const found = await registry.find(unsure.map(index => schemas[index] as SubjectSchema));
  const settledOnes = new Map(unsure.map((index, position) => [index, found[position]] as const));
  return results.map<ItemResult<number>>((result, index) => {
    const known = settledOnes.get(index);
    if (result.ok || known === undefined) return result;
    if (known.ok && known.value !== null) return { ok: true, value: known.value };
    if (known.ok) return result;
    return { ok: false, fault: new Fault('registry/outcome-unknown', result.fault.message) };
  });
}

const deletedReferences = (change: Change) => change.fields.find(field => field.path === 'references')?.from;

/** In turns: each turn refers only to subjects of turns before it, or to none of these. Circles come last, as they are. */
function levels(changes: readonly Change[], referencesOf: (change: Change) => unknown): Change[][] {
  const turns: Change[][] = [];
  let left = [...changes];
  while (left.length > 0) {
    const names = new Set(left.map(change => change.remoteName));
    const free = left.filter(
      change => !referencesIn(referencesOf(change)).some(each => each.subject !== change.remoteName && names.has(each.subject)),
    );
    const turn = free.length === 0 ? left : free;
    turns.push(turn);
    left = left.filter(change => !turn.includes(change));
  }
  return turns;
}
