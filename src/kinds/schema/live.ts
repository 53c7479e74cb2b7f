import type { Fields } from '#model/change.ts';
import type { Resource } from '#model/resource.ts';
import type { SchemaRegistry, SubjectSettings, SubjectVersion } from '#ports/schema-registry.ts';
import type { ClusterPorts, Live, ReadScope } from '../kind.ts';
import { project } from './project.ts';
import { pinned, referencesField, referencesIn } from './references.ts';
import { sameLetters, sameMeaning } from './same-meaning.ts';
import type { Behind, ReferringText } from './with-references.ts';

type Latest = ReadonlyMap<string, SubjectVersion>;

/** What the documents, or else the ledger, say of a subject. */
interface Wanted {
  readonly fields: Fields;
  readonly resource: Resource | undefined;
}

/**
 * The latest version of every subject in one bulk read. Only where something differs are more questions asked: whether the registry knows the text as the
 * version that it has, and what is set on the subject. A level or mode that the ledger says we set is believed unless all fields are asked for.
 */
export async function read(ports: ClusterPorts, scope: ReadScope): Promise<Live[]> {
  const registry = await ports.schemaRegistry();
  const wanted = wantedIn(scope);
  const alike = new Set<string>();
  const latest = await latestOf(registry, scope, wanted, version => {
    if (isAlike(wanted.get(version.subject)?.fields, version)) alike.add(version.subject);
  });
  const names = scope.foreign ? [...latest.keys()] : [...wanted.keys()].filter(name => latest.has(name));
  const equal = await equalOnes(registry, latest, { wanted, names, alike });
  const settings = await settingsOf(registry, scope, { wanted, names });
  const dependents = dependentsIn(latest);
  const leaving = names.filter(name => scope.owned.has(name) && wanted.get(name)?.resource === undefined);
  const referrers = scope.depth === 'essential' ? await registry.referrers(leaving) : new Map<string, number>();
  const shownOf = shownReferencesIn(latest, wanted, equal);
  return names.map(name => {
    const version = latest.get(name) as SubjectVersion;
    const own = wanted.get(name);
    return {
      remoteName: name,
      remoteId: null,
      fields: {
        type: version.type,
        schema: equal.has(name) ? (own?.fields.schema as string) : version.text,
        references: shownOf(name),
        ...settings.fieldsOf(name, own, scope),
        ...(own?.fields.normalize === undefined ? {} : { normalize: own.fields.normalize }),
      },
      defaults: { references: '', normalize: false, ...settings.defaults },
      internal: name.startsWith('__'),
      details: { version: version.version, dependents: dependents.get(name) ?? [], referrers: referrers.get(name) ?? 0 },
    };
  });
}

/** A list may be half: what we own and it does not show is asked for by name when the read is there to confirm. */
async function latestOf(
  registry: SchemaRegistry,
  scope: ReadScope,
  wanted: ReadonlyMap<string, Wanted>,
  hear: (version: SubjectVersion) => void,
): Promise<Latest> {
  const listed = await registry.latest(scope.foreign ? undefined : concerned(wanted), hear);
  const missing = scope.confirm ? [...scope.owned.keys()].filter(name => !listed.has(name)) : [];
  if (missing.length === 0) return listed;
  const found = [...(await registry.versions(missing)).values()].flatMap(versions => versions.at(-1) ?? []);
  return new Map([...listed, ...found.map(each => [each.subject, each] as const)]);
}

const isAlike = (wanted: Fields | undefined, { type, text }: SubjectVersion): boolean =>
  wanted?.type === type && typeof wanted.schema === 'string' && sameLetters({ type, text: wanted.schema }, { type, text });

/** The subjects that are wanted, and those that they refer to. */
const concerned = (wanted: ReadonlyMap<string, Wanted>): Set<string> =>
  new Set([...wanted].flatMap(([name, { fields }]) => [name, ...referencesIn(fields.references).map(each => each.subject)]));

function wantedIn(scope: ReadScope): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const [name, fields] of scope.owned) wanted.set(name, { fields, resource: undefined });
  for (const resource of scope.desired) wanted.set(resource.remoteName, { fields: project(resource), resource });
  return wanted;
}

/** The subjects whose latest version is what is wanted: to the letter, in meaning, or because the registry itself takes it for the same. */
async function equalOnes(
  registry: SchemaRegistry,
  latest: Latest,
  { wanted, names, alike }: { wanted: ReadonlyMap<string, Wanted>; names: readonly string[]; alike: ReadonlySet<string> },
): Promise<Set<string>> {
  // For what a text says by itself, any version of what it refers to will do.
  const behind: Behind = ({ subject }) => {
    const fields = wanted.get(subject)?.fields;
    if (latest.has(subject) || typeof fields?.schema !== 'string') return latest.get(subject);
    return { type: fields.type as ReferringText['type'], text: fields.schema, references: referencesIn(fields.references) };
  };
  const equal = new Set(alike);
  const doubtful: { name: string; text: ReferringText }[] = [];
  for (const name of names) {
    const own = wanted.get(name);
    const live = latest.get(name) as SubjectVersion;
    if (equal.has(name) || own === undefined || own.fields.type !== live.type || typeof own.fields.schema !== 'string') continue;
    const text = { type: live.type, text: own.fields.schema, references: referencesIn(own.fields.references) };
    if (sameMeaning(text, live, behind)) equal.add(name);
    else doubtful.push({ name, text });
  }
  const asked = doubtful.flatMap(({ name, text }) => {
    const references = pinned(text.references, subject => latest.get(subject)?.version);
    const normalize = wanted.get(name)?.fields.normalize === true;
    return references === undefined ? [] : [{ subject: name, schema: { ...text, references }, normalize }];
  });
  (await registry.find(asked)).forEach((found, index) => {
    const { subject } = asked[index] as (typeof asked)[number];
    if (found.ok && found.value === latest.get(subject)?.version) equal.add(subject);
  });
  return equal;
}

/**
 * A subject's references as they show. One that follows the latest version shows as such while it does, and while that version is not about to be followed by
 * another: because its text changes, or because something changes that it refers to itself, however far behind.
 */
function shownReferencesIn(
  latest: Latest,
  wanted: ReadonlyMap<string, Wanted>,
  equal: ReadonlySet<string>,
): (subject: string) => string {
  const known = new Map<string, boolean>();
  const wantedOf = (subject: string) => wanted.get(subject)?.fields.references;
  const changing = (subject: string): boolean => {
    const before = known.get(subject);
    if (before !== undefined) return before;
    // What a circle leads back to decides nothing.
    known.set(subject, false);
    const changes =
      wanted.has(subject) && latest.has(subject) && (!equal.has(subject) || shownOf(subject) !== (wantedOf(subject) ?? ''));
    known.set(subject, changes);
    return changes;
  };
  const shownOf = (subject: string): string => {
    const follows = new Set(referencesIn(wantedOf(subject)).flatMap(each => (each.version === null ? [each.subject] : [])));
    const shown = (latest.get(subject)?.references ?? []).map(({ name, subject: to, version }) => ({
      name,
      subject: to,
      version: follows.has(to) && latest.get(to)?.version === version && !changing(to) ? null : version,
    }));
    return referencesField(shown);
  };
  return shownOf;
}

async function settingsOf(
  registry: SchemaRegistry,
  scope: ReadScope,
  { wanted, names }: { wanted: ReadonlyMap<string, Wanted>; names: readonly string[] },
) {
  const keys = ['compatibility', 'mode'] as const;
  const differs = (name: string): boolean => {
    const said = wanted.get(name)?.fields ?? {};
    const known = scope.owned.get(name) ?? {};
    return keys.some(key => said[key] !== known[key]);
  };
  const asked = scope.depth === 'all' || scope.foreign ? names : names.filter(differs);
  const none = { compatibility: null, mode: null };
  const defaults: { compatibility: string | null; mode: string | null } = asked.length === 0 ? none : await registry.defaults();
  const found = asked.length === 0 ? new Map<string, SubjectSettings>() : await registry.settings(asked);
  return {
    defaults,
    fieldsOf(name: string, own: Wanted | undefined, { owned }: ReadScope): Fields {
      const read = found.get(name);
      const believed = read === undefined ? owned.get(name) : undefined;
      return Object.fromEntries(
        keys.flatMap(key => {
          const value =
            read === undefined
              ? believed?.[key]
              : read[key] === defaults[key] && own?.fields[key] === undefined
                ? null
                : read[key];
          return value === undefined || value === null ? [] : [[key, value]];
        }),
      );
    },
  };
}

function dependentsIn(latest: Latest): Map<string, string[]> {
  const dependents = new Map<string, string[]>();
  for (const { subject, references } of latest.values())
    for (const each of references) dependents.set(each.subject, [...(dependents.get(each.subject) ?? []), subject]);
  return dependents;
}
