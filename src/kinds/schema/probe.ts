import type { Fields, Reason } from '#model/change.ts';
import type { Compatibility, SchemaRegistry, SubjectMode, SubjectSchema, SubjectVersion } from '#ports/schema-registry.ts';
import { compatible, type Schema } from '#schemas/index.ts';
import { type ClusterPorts, type Difference, type ProbeVerdict, verdictOf } from '../kind.ts';
import { reasons } from './problems.ts';
import { project } from './project.ts';
import { pinned, referencesIn, type WantedReference } from './references.ts';
import { type Behind, behindInRegistry, type ReferringText, readWith } from './with-references.ts';

/** What a change asks the registry for. */
interface Asked {
  readonly difference: Difference;
  readonly subject: string;
  readonly fields: Fields;
  /** A new version is wanted. */
  readonly registers: boolean;
  /** A schema that it refers to is new or changes in the same plan: the registry cannot judge yet. */
  readonly waits: boolean;
  /** One of these it follows to its latest version: it will refer to a version that is not there yet, as none of its own versions does. */
  readonly follows: boolean;
}

/** A text as it would be registered now. */
interface Sent {
  readonly asked: Asked;
  readonly schema: SubjectSchema;
}

/**
 * The registry's own verdict on every new version, with the reason in its words or else in ours. Where it cannot judge yet (a reference or the level itself changes
 * in the same plan) our own rules do.
 */
export async function probe(ports: ClusterPorts, differences: readonly Difference[]): Promise<ProbeVerdict[]> {
  const registry = await ports.schemaRegistry();
  const asked = differences.map(difference => askedBy(difference, differences));
  const registering = asked.filter(each => each.registers);
  const defaults = await registry.defaults();
  const settings = await registry.settings(
    registering.filter(each => each.difference.live !== undefined).map(each => each.subject),
  );
  const live = registering.some(each => referencesIn(each.fields.references).length > 0)
    ? await registry.latest()
    : new Map<string, SubjectVersion>();
  const missing = await missingVersions(registry, live, registering);
  const verdicts = new Map<Asked, ProbeVerdict>();
  const open: (Sent & { level: Compatibility })[] = [];
  const own: { asked: Asked; level: Compatibility }[] = [];
  const known: Sent[] = [];
  for (const each of registering) {
    const set = settings.get(each.subject);
    const mode = (each.fields.mode as SubjectMode | undefined) ?? set?.mode ?? defaults.mode;
    const level = (each.fields.compatibility as Compatibility | undefined) ?? set?.compatibility ?? defaults.compatibility;
    const lost = missing.get(each);
    const references = pinned(referencesIn(each.fields.references), subject => live.get(subject)?.version);
    if (references !== undefined && !each.follows) known.push({ asked: each, schema: schemaOf(each, references) });
    if ((set?.mode ?? defaults.mode) === 'READONLY' && mode === 'READONLY')
      verdicts.set(each, refusedAs(readOnly(set?.mode === 'READONLY')));
    else if (lost !== undefined) verdicts.set(each, refusedAs(lost));
    else if (changesLanguage(each) && level !== 'NONE')
      verdicts.set(each, refusedAs(otherLanguage(each, `not ${level} compatible`)));
    else if (each.waits || references === undefined || level !== (set?.compatibility ?? defaults.compatibility))
      own.push({ asked: each, level });
    else open.push({ asked: each, schema: schemaOf(each, references), level });
  }
  const [older] = await Promise.all([olderVersions(registry, known), askRegistry(registry, open, verdicts)]);
  const refused = open.filter(each => verdicts.get(each.asked)?.impossible?.some(reason => reason.message === ''));
  own.push(...open.filter(each => !verdicts.has(each.asked)));
  const explained = await judgeOurselves(registry, [...own, ...refused], { live, coming: comingIn(registering) });
  for (const each of own) {
    const reason = explained.get(each.asked);
    verdicts.set(each.asked, reason === undefined ? { probe: 'deferred' } : { probe: 'deferred', impossible: [reason] });
  }
  for (const each of refused) verdicts.set(each.asked, refusedAs(explained.get(each.asked) ?? unexplained(each.level)));
  return asked.map(each => {
    const verdict = verdicts.get(each) ?? { probe: 'accepted' };
    const reason = verdict.impossible === undefined ? older.get(each) : undefined;
    return reason === undefined ? verdict : { ...verdict, impossible: [reason] };
  });
}

/**
 * Which of these texts their subjects had before: a registry would answer with that version and leave the latest as it is. Whoever judges the text, the registry
 * or we, and also where nothing is held at all.
 */
async function olderVersions(registry: SchemaRegistry, known: readonly Sent[]): Promise<Map<Asked, Reason>> {
  const existing = known.filter(each => each.asked.difference.live !== undefined);
  const found = await registry.find(existing.map(each => each.schema));
  return new Map(
    existing.flatMap(({ asked }, index) => {
      const older = found[index];
      const latest = asked.difference.live?.details.version;
      if (!older?.ok || older.value === null || older.value === latest) return [];
      const message = `Version ${older.value} of ${asked.subject} is this very schema, and version ${latest} came after it: a registry does not make it the latest again.`;
      return [[asked, { code: reasons.olderVersion, message }] as const];
    }),
  );
}

/** Which of these refer to a version that is not there, and that no change of the plan may bring. Only subjects of which older versions are asked for are read. */
async function missingVersions(
  registry: SchemaRegistry,
  live: ReadonlyMap<string, SubjectVersion>,
  registering: readonly Asked[],
): Promise<Map<Asked, Reason>> {
  const coming = new Set(registering.map(each => each.subject));
  const doubtful = registering.flatMap(asked =>
    referencesIn(asked.fields.references)
      .filter(({ subject, version }) => version !== null && live.get(subject)?.version !== version && !coming.has(subject))
      .map(reference => ({ asked, reference })),
  );
  const known = await registry.versions([...new Set(doubtful.map(({ reference }) => reference.subject))]);
  return new Map(
    doubtful.flatMap(({ asked, reference: { subject, version } }) => {
      const versions = (known.get(subject) ?? []).map(each => each.version);
      if (versions.some(each => each === version)) return [];
      const has = versions.length === 0 ? 'no version of it' : `${versions.slice(-5).join(', ')} as its latest`;
      const message = `It refers to version ${version} of ${subject}; the registry has ${has}.`;
      return [[asked, { code: reasons.noSuchVersion, message }] as const];
    }),
  );
}

const languageBefore = ({ difference }: Asked) => difference.live?.fields.type;
const changesLanguage = (asked: Asked): boolean => (languageBefore(asked) ?? asked.fields.type) !== asked.fields.type;

const otherLanguage = (asked: Asked, verdict: string): Reason => ({
  code: reasons.incompatible,
  message: `It is ${asked.fields.type} and its latest version ${languageBefore(asked)}: ${verdict}. Give it a subject of its own.`,
});

const readOnly = (ofSubject: boolean): Reason => ({
  code: reasons.readOnly,
  message: `${ofSubject ? 'The subject' : 'The registry'} is READONLY: it takes no new version.`,
});

const unexplained = (level: Compatibility): Reason => ({
  code: reasons.incompatible,
  message: `The registry says that it is not ${level} compatible and gives no reason; our own check finds none.`,
});

const refusedAs = (reason: Reason): ProbeVerdict => ({ probe: 'accepted', impossible: [reason] });

function askedBy(difference: Difference, all: readonly Difference[]): Asked {
  const fields = difference.resource === undefined ? fieldsAfter(difference) : project(difference.resource);
  const changed = new Set(difference.fields.filter(field => field.to !== null).map(field => field.path));
  const references = referencesIn(fields.references);
  const touched = (each: Difference) => each.fields.some(field => /^(schema|references|type)$/.test(field.path));
  const referred = new Set(references.map(each => each.subject));
  const changing = new Set(
    all.flatMap(each => (each !== difference && referred.has(each.remoteName) && touched(each) ? [each.remoteName] : [])),
  );
  return {
    difference,
    subject: difference.remoteName,
    fields,
    registers: difference.action !== 'delete' && (changed.has('schema') || changed.has('references') || changed.has('type')),
    waits: references.some(each => changing.has(each.subject)),
    follows: references.some(each => each.version === null && changing.has(each.subject)),
  };
}

/** Where no document says what is wanted (drift leads back to what was applied), the change itself does. */
const fieldsAfter = ({ live, fields }: Difference): Fields => ({
  ...live?.fields,
  ...Object.fromEntries(fields.map(({ path, to }) => [path, to])),
});

const schemaOf = ({ subject, fields }: Asked, references: SubjectSchema['schema']['references']): SubjectSchema => ({
  subject,
  schema: { type: fields.type as SubjectSchema['schema']['type'], text: String(fields.schema), references },
  normalize: fields.normalize === true,
});

/** An incompatible one without a word of the registry gets an empty message, to be filled by our own check. */
async function askRegistry(registry: SchemaRegistry, open: readonly Sent[], verdicts: Map<Asked, ProbeVerdict>): Promise<void> {
  const checked = await registry.check(open.map(each => each.schema));
  open.forEach(({ asked, schema }, index) => {
    const result = checked[index] as (typeof checked)[number];
    if (!result.ok) {
      const words = result.fault.message;
      if (!isVerdict(result.fault.code, schema)) return;
      // Confluent's registry takes another language where nothing is held; Apicurio has one for all versions, and reads the new text as that.
      verdicts.set(asked, changesLanguage(asked) ? refusedAs(otherLanguage(asked, `refused (${words})`)) : verdictOf(result));
    } else if (!result.value.compatible)
      verdicts.set(asked, refusedAs({ code: reasons.incompatible, message: result.value.messages.join(' ').slice(0, 2_000) }));
    else verdicts.set(asked, { probe: 'accepted' });
  });
}

/** A registry in trouble has said nothing. Apicurio cannot read a schema with references when it is asked for a verdict, and registers it all the same. */
const isVerdict = (code: string, { schema }: SubjectSchema): boolean =>
  code.endsWith('authorization-failed') || (code === 'registry/invalid' && schema.references.length === 0);

/** Our own check of those that the registry did not judge, or judged without a word; only their versions are read. */
async function judgeOurselves(
  registry: SchemaRegistry,
  open: readonly { asked: Asked; level: Compatibility }[],
  { live, coming }: { live: ReadonlyMap<string, SubjectVersion>; coming: ReadonlyMap<string, ReferringText> },
): Promise<Map<Asked, Reason>> {
  const existing = open.filter(each => each.asked.difference.live !== undefined && each.level !== 'NONE');
  const history = await registry.versions(existing.map(each => each.asked.subject));
  const referred = [...coming.values(), ...[...history.values()].flat()].flatMap<WantedReference>(each => each.references);
  const present = await behindInRegistry(registry, live, referred);
  const next: Behind = reference =>
    (reference.version === null ? coming.get(reference.subject) : undefined) ?? present(reference);
  const found = new Map<Asked, Reason>();
  for (const { asked, level } of existing) {
    const wanted = readWith(coming.get(asked.subject) as ReferringText, next);
    const previous = (history.get(asked.subject) ?? []).map(each => readWith(each, present));
    if (wanted === undefined || previous.some(each => each === undefined)) continue;
    const { verdict, reasons: why } = compatible(level, wanted, previous as Schema[]);
    if (verdict !== 'incompatible') continue;
    const words = why.slice(0, 5).map(each => each.message);
    const more = why.length > 5 ? ` And ${why.length - 5} more.` : '';
    found.set(asked, { code: reasons.incompatible, message: `It is not ${level} compatible: ${words.join('; ')}.${more}` });
  }
  return found;
}

/** Every text that the plan registers, whoever judges it: what refers to its latest version will refer to this. */
const comingIn = (registering: readonly Asked[]): Map<string, ReferringText> =>
  new Map(
    registering.map(({ subject, fields }) => [
      subject,
      {
        type: fields.type as ReferringText['type'],
        text: String(fields.schema),
        references: referencesIn(fields.references),
      },
    ]),
  );
