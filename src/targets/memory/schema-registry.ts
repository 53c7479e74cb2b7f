import { Fault, type ItemResult, refused, succeeded } from '#model/fault.ts';
import type {
  Compatibility,
  CompatibilityVerdict,
  SchemaRegistry,
  SchemaText,
  SubjectSchema,
  SubjectSettings,
  SubjectVersion,
} from '#ports/schema-registry.ts';

/** A schema with the texts that it refers to, those behind them included. */
export interface WholeSchema extends SchemaText {
  readonly behind: readonly { readonly name: string; readonly schema: SchemaText }[];
}

/** What a registry knows of the languages of schemas. */
export interface SchemaJudge {
  /** What is wrong with it; undefined: nothing. */
  invalid(schema: WholeSchema): string | undefined;
  /** Equal for schemas that mean the same. */
  meaning(schema: WholeSchema): string;
  /** `previous`: oldest first. */
  compatible(level: Compatibility, next: WholeSchema, previous: readonly WholeSchema[]): CompatibilityVerdict;
}

/** Reads no language: everything is a schema, compatible with everything. */
const credulous: SchemaJudge = {
  invalid: () => undefined,
  meaning: schema => schema.text,
  compatible: () => ({ compatible: true, messages: [] }),
};

/** Everything that a registry in memory holds: two ports on one state see each other's writes. */
export interface MemoryRegistry {
  readonly versions: Map<string, SubjectVersion[]>;
  /** How many versions a subject has had, deleted ones included: numbers are not given twice. */
  readonly counted: Map<string, number>;
  readonly settings: Map<string, SubjectSettings>;
  defaults: { readonly compatibility: Compatibility; readonly mode: 'READWRITE' | 'READONLY' | 'IMPORT' };
  serial: number;
}

/** A registry without subjects, as strict as Confluent's is when it is new. */
export const emptyRegistry = (): MemoryRegistry => ({
  versions: new Map(),
  counted: new Map(),
  settings: new Map(),
  defaults: { compatibility: 'BACKWARD', mode: 'READWRITE' },
  serial: 0,
});

const nothing: SubjectSettings = { compatibility: null, mode: null };
const no = (code: string, message: string) => refused(new Fault(`registry/${code}`, message));
const sameReferences = (one: SchemaText, other: SchemaText): boolean => {
  const lines = ({ references }: SchemaText) =>
    references.map(each => `${each.name}\n${each.subject}\n${each.version}`).toSorted();
  return JSON.stringify(lines(one)) === JSON.stringify(lines(other));
};

/** The port in memory: it refuses what a registry refuses. Tests and offline plans run on it; the contract suite keeps it honest. */
export function memorySchemaRegistry(registry: MemoryRegistry = emptyRegistry(), judge: SchemaJudge = credulous): SchemaRegistry {
  const held = (subject: string): readonly SubjectVersion[] => registry.versions.get(subject) ?? [];
  const settingOf = (subject: string): SubjectSettings => registry.settings.get(subject) ?? nothing;
  /** With all that stands behind it; undefined where something of it is not there. */
  const whole = (schema: SchemaText): WholeSchema | undefined => {
    const behind = new Map<string, SchemaText>();
    const open = [...schema.references];
    for (let each = open.pop(); each !== undefined; each = open.pop()) {
      const { name, subject, version } = each;
      const found = held(subject).find(candidate => candidate.version === version);
      if (found === undefined) return undefined;
      if (!behind.has(name)) open.push(...found.references);
      behind.set(name, found);
    }
    return { ...schema, behind: [...behind].map(([name, text]) => ({ name, schema: text })) };
  };
  const versionOf = ({ subject, schema, normalize }: SubjectSchema): SubjectVersion | undefined => {
    const meaning = (each: SchemaText) => (normalize ? judge.meaning(whole(each) ?? { ...each, behind: [] }) : each.text);
    const same = (each: SubjectVersion) => each.type === schema.type && meaning(each) === meaning(schema);
    return held(subject).find(each => same(each) && sameReferences(each, schema));
  };
  const readable = (schema: SchemaText): WholeSchema | Fault => {
    const next = whole(schema);
    const wrong = next === undefined ? 'Unresolved reference' : judge.invalid(next);
    return wrong === undefined ? (next as WholeSchema) : new Fault('registry/invalid', wrong);
  };
  const verdictOn = (subject: string, next: WholeSchema): CompatibilityVerdict => {
    const level = settingOf(subject).compatibility ?? registry.defaults.compatibility;
    return judge.compatible(
      level,
      next,
      held(subject).flatMap(each => whole(each) ?? []),
    );
  };
  const registered = (wanted: SubjectSchema): ItemResult<number> => {
    const { subject, schema } = wanted;
    const known = versionOf(wanted);
    if (known !== undefined) return { ok: true, value: known.version };
    if ((settingOf(subject).mode ?? registry.defaults.mode) === 'READONLY')
      return no('read-only', `Subject ${subject} is in read-only mode`);
    const next = readable(schema);
    if (next instanceof Fault) return refused(next);
    const { compatible, messages } = verdictOn(subject, next);
    if (!compatible) return no('incompatible', messages.join(' '));
    const version = (registry.counted.get(subject) ?? 0) + 1;
    registry.counted.set(subject, version);
    registry.versions.set(subject, [...held(subject), { ...schema, subject, version, id: ++registry.serial }]);
    return { ok: true, value: version };
  };
  const referrersOf = (subject: string): SubjectVersion[] =>
    [...registry.versions.values()]
      .flat()
      .filter(each => each.subject !== subject && each.references.some(to => to.subject === subject));
  const removed = (subject: string): ItemResult => {
    if (referrersOf(subject).length > 0) return no('referenced', `One or more references exist to the schema ${subject}`);
    registry.versions.delete(subject);
    registry.settings.delete(subject);
    return succeeded;
  };
  return {
    requests: { byApi: new Map(), writes: 0 },
    describe: async () => ({ release: null, subjects: registry.versions.size }),
    latest: async (_of, hear) => {
      const latest = new Map([...registry.versions].map(([subject, all]) => [subject, all.at(-1) as SubjectVersion]));
      for (const version of latest.values()) hear?.(version);
      return latest;
    },
    versions: async subjects => new Map(subjects.map(subject => [subject, held(subject)])),
    settings: async subjects => new Map(subjects.map(subject => [subject, settingOf(subject)])),
    defaults: async () => registry.defaults,
    check: async schemas =>
      schemas.map(({ subject, schema }) => {
        const next = readable(schema);
        return next instanceof Fault ? refused(next) : { ok: true, value: verdictOn(subject, next) };
      }),
    find: async schemas => schemas.map(each => ({ ok: true, value: versionOf(each)?.version ?? null })),
    register: async schemas => schemas.map(registered),
    configure: async settings =>
      settings.map(({ subject, ...set }) => {
        registry.settings.set(subject, { ...settingOf(subject), ...set });
        return succeeded;
      }),
    referrers: async subjects => new Map(subjects.map(subject => [subject, referrersOf(subject).length])),
    remove: async subjects => subjects.map(removed),
    async [Symbol.asyncDispose]() {},
  };
}
