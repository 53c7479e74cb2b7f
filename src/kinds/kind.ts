import type { z } from 'zod';
import type { Change, Fields, FieldValue, Outcome, Probe, Reason, Risk } from '#model/change.ts';
import type { Collapse } from '#model/collapse.ts';
import type { Fact } from '#model/fact.ts';
import type { ItemResult } from '#model/fault.ts';
import type { EnvironmentSpec, KafkaClusterSpec, OwnedCategory } from '#model/frame/frame.ts';
import type { JsonObject } from '#model/json.ts';
import type { Login } from '#model/login.ts';
import type { Path } from '#model/position.ts';
import type { Problem, ProblemDetails } from '#model/problem.ts';
import type { Redacted } from '#model/redacted.ts';
import type { Resource } from '#model/resource.ts';
import type { StoreRefusal } from '#model/secret-store.ts';
import type { CertificateAuthority } from '#ports/certificates.ts';
import type { Connect } from '#ports/connect.ts';
import type { Kafka } from '#ports/kafka.ts';
import type { RightTexts } from '#ports/right-texts.ts';
import type { SchemaRegistry } from '#ports/schema-registry.ts';
import type { Sealing } from '#ports/sealing.ts';
import type { Secrets } from '#ports/secrets.ts';

/** The ports of one cluster, opened by `main.ts` for the composed landscape. */
export interface ClusterPorts {
  readonly kafka: Kafka;
  /** A store of secrets by its `storeName`, opened when first used; throws a `Fault` when there is none. */
  secrets(store: string): Secrets;
  /** Opens what stands sealed in Git; absent offline, where nothing is opened. */
  readonly sealing?: Sealing;
  /** The schema registry beside the cluster, a Connect cluster by its name and the names of all: opened when first asked for; a `Fault` where there is none. */
  schemaRegistry(): Promise<SchemaRegistry>;
  connect(name: string): Promise<Connect>;
  readonly connectClusters: readonly string[];
  /** The authority of client certificates that the cluster names; where it names none, its calls throw a `Fault`. */
  authority(): Promise<CertificateAuthority>;
}

/** What a kind's resources live on: where one of these cannot be reached, its kinds are not planned and the others are. */
export type Need = 'kafka' | 'secrets' | 'schemaRegistry' | 'connect';

/** What a resource's names are made of. */
export type Named = Pick<Resource, 'name' | 'spec' | 'tenant' | 'files'>;

/** A reference as written: to a resource of this kind by `metadata.name`, `TENANT/NAME`, or `prefix*`. `path` is where it stands in the spec. */
export interface Reference {
  readonly kind: string;
  readonly name: string;
  readonly path: Path;
}

/** A file that a document refers to, as written: relative to the document, never outside its tenant's folder. `path` is where that stands in the spec. */
export interface FileReference {
  readonly file: string;
  readonly path: Path;
}

/** A name on the outside that ownership is checked on, without environment prefix. A trailing `*` asks for the whole prefix. */
export interface OwnedName {
  readonly category: OwnedCategory;
  readonly name: string;
  readonly path: Path;
}

/** What `remoteName`, `expand`, `rules` and `project` may know of the environment around a resource. */
export interface Surroundings {
  readonly environment: string;
  readonly environmentSpec: EnvironmentSpec;
  readonly prefix: string;
  /** The tenants' patterns for a category: who owns this name (without prefix)? Null: nobody. */
  owner(category: OwnedCategory, name: string): string | null;
  /** Everything that kinds published for this environment, by fact. */
  facts<Name extends Fact['fact']>(name: Name): readonly Extract<Fact, { fact: Name }>[];
  /** The resource that a reference names, seen from this tenant; undefined when missing or ambiguous (reported by the flow). */
  resolve(reference: Pick<Reference, 'kind' | 'name'>, tenant: string | null, cluster?: string | null): Resource | undefined;
  /** Does `Tenant.spec.principals` give this principal (with its type) to the tenant? */
  mayUsePrincipal(tenant: string, principal: string): boolean;
  /** Other environments whose cluster has the same schema registry as this logical cluster. */
  registrySharedWith(cluster: string | null): readonly string[];
  /** Why a tenant may not use this key of a store (without a key: the store as such), named as the tenant would; undefined where it may, or no one store is named. */
  storeRefusal(use: { readonly tenant: string | null; readonly store: string; readonly key?: string }): StoreRefusal | undefined;
  /** Texts that need no check again. */
  readonly rightTexts?: RightTexts | undefined;
  /** Today as YYYY-MM-DD. */
  readonly today: string;
  /** Every part of the names that a `prefix*` (or one name) stands for, with the tenant that owns it. What nobody owns is in none. */
  ownersWithin(category: OwnedCategory, pattern: string): readonly { readonly tenant: string; readonly pattern: string }[];
  /** A KafkaCluster of the landscape, this environment's or not, and the environments that have it. */
  kafkaCluster(name: string): { readonly spec: KafkaClusterSpec; readonly environments: readonly string[] } | undefined;
  /** The same of another environment, for the one kind that may reach into it. */
  otherEnvironment(environment: string): Surroundings | undefined;
}

/** One manifest that stands for others. Equal remote identities unite into one resource. */
export interface Expanded {
  readonly kind: string;
  /** The resource's name before prefixing. */
  readonly name: string;
  readonly remoteName: string;
  readonly spec: JsonObject;
}

export interface Expansion {
  readonly resources: readonly Expanded[];
  /** Why the declaration itself waits; it then appears as a blocked change and its resources stay out. */
  readonly waits?: { readonly code: string; readonly message: string; readonly who: string };
  readonly problems?: readonly Problem[];
}

/** One object of this kind as the outside reports it. */
export interface Live {
  readonly remoteName: string;
  readonly remoteId: string | null;
  /** The same for objects that are one under several remote names (a server beside the brokers that has two names). */
  readonly isOneWith?: string;
  /** What is set on it. */
  readonly fields: Fields;
  /** What holds where nothing is set: a desired value equal to it is no difference. */
  readonly defaults: Fields;
  /** Belongs to the platform or to Kafka: never imported, pruned or reported as an orphan. */
  readonly internal: boolean;
  /** Whatever rules and evidence of this kind need besides (offline partitions, replicas …). */
  readonly details: Readonly<Record<string, unknown>>;
}

export interface ReadScope {
  readonly desired: readonly Resource[];
  /** What the ledger says we own here: remote name → fields that we set. */
  readonly owned: ReadonlyMap<string, Fields>;
  /** `essential`: fields that are declared or owned. `all`: every field of declared and owned objects (drift, import). */
  readonly depth: 'essential' | 'all';
  /** Ask another broker than the last read. */
  readonly confirm: boolean;
  /** Import: every object in full, foreign ones included. */
  readonly foreign: boolean;
  readonly signal: AbortSignal;
}

/** One resource of a plan before the engine knows its state: what `assess` and `probe` look at. */
export interface Difference {
  readonly action: Change['action'];
  readonly resource: Resource | undefined;
  readonly live: Live | undefined;
  readonly remoteName: string;
  readonly fields: readonly { readonly path: string; readonly from: FieldValue; readonly to: FieldValue }[];
}

export interface Assessment {
  /** Risk per field path; absent: safe. */
  readonly risks?: Readonly<Record<string, Risk>>;
  /** Risk of the action itself. */
  readonly risk?: Risk;
  readonly reasons?: readonly Reason[];
  /** What the outside would refuse by rules that need no call. */
  readonly impossible?: readonly Reason[];
  /** Rights that our own principal lacks for it. */
  readonly lacks?: readonly Reason[];
  /** The outside is at work on it already, whoever asked: nothing is asked for until that is done. */
  readonly inProgress?: readonly Reason[];
}

export interface ClusterFacts {
  readonly clusterId: string;
  readonly brokers: readonly { readonly id: number; readonly rack: string | null }[];
  /** Live objects of this kind by remote name. */
  readonly live: ReadonlyMap<string, Live>;
  /** What our own principal may do to the cluster, in Kafka's words; null or absent: it is not known. */
  readonly rights?: readonly string[] | null;
}

/** The right on the cluster that our principal lacks, if it is known to lack it. What can be probed needs none of this: the broker says so itself. */
export const lacksOnCluster = (cluster: ClusterFacts, operation: string): Reason[] =>
  cluster.rights == null || cluster.rights.includes(operation)
    ? []
    : [{ code: 'kafka/cluster-authorization-failed', message: `Our principal lacks ${operation} on the cluster.` }];

export interface ProbeVerdict {
  readonly probe: Probe;
  /** The outside's refusal, in words. */
  readonly impossible?: readonly Reason[];
  /** Rights that our own principal lacks for it: then there is no verdict. */
  readonly lacks?: readonly Reason[];
  /** The outside knows more than the read showed (what shall be created exists): read again before anything is said. */
  readonly stale?: boolean;
}

export interface ApplyContext {
  readonly signal: AbortSignal;
  readonly clusterId: string;
  readonly environment: string;
  /** Today as YYYY-MM-DD. */
  readonly today: string;
  /** Fresh password text of high entropy. */
  password(): Redacted;
  progress(done: number): void;
}

/** What completing a change needs of it. */
export type FinishContext = Pick<ApplyContext, 'environment' | 'today' | 'password'>;

/** What an operation would do now, in the words of a change; without fields there is nothing to do. */
export interface Proposal {
  readonly fields: readonly { readonly path: string; readonly from: FieldValue; readonly to: FieldValue }[];
  readonly risk: Risk;
  readonly reasons?: readonly Reason[];
  readonly evidence?: Readonly<Record<string, unknown>>;
  readonly impossible?: readonly Reason[];
}

/** What a person may ask of a live object besides what Git declares, and without changing that: a restart, a reset. */
export interface Operation {
  propose(ports: ClusterPorts, live: Live): Promise<Proposal>;
  perform(ports: ClusterPorts, remoteName: string): Promise<Outcome>;
}

/** What has become of a resource so far, for kinds that renew what they made. */
export interface SoFar {
  /** What the ledger says we set; nothing where it has no entry. */
  readonly owned: Fields;
  readonly live: Live | undefined;
  readonly now: Date;
  /** A person asks for a new one now, whatever its age. */
  readonly asked: boolean;
}

/** What a kind says of a change that was left open. */
export interface Finished extends Outcome {
  /** It was completed just now: all of it stands, whatever was read before. */
  readonly completed?: boolean;
  /** It can never be completed, whatever comes: it ends as `failed`, with the reason. */
  readonly never?: boolean;
}

/** How a kind that exists on the outside is read, judged and written. Everything is a batch. */
export interface Remote {
  readonly needs: readonly Need[];
  read(ports: ClusterPorts, scope: ReadScope): Promise<readonly Live[]>;
  /** Desired fields of a resource, in the words of `Live.fields`. Pure. */
  project(resource: Resource): Fields;
  /** Instead of `project`, where what is desired goes on from what was done and grows old (a credential that is renewed): the desired fields now. A field that the outside never shows is desired only if it is named here; `whenApplied` stands for the time of applying. Pure. */
  renewal?(resource: Resource, soFar: SoFar): Fields;
  /** Does this change put another value where others find its secret? Who names that secret is changed with it. */
  renewsSecret?(change: Pick<Difference, 'action' | 'fields'>): boolean;
  /** Of what clients log in as: how, by what the ledger says was done. Pure. */
  login?(resource: Resource, soFar: Pick<SoFar, 'owned' | 'now'>): Login;
  /** Fields that only the ledger has, for `renewal` (when a credential was made): never live, no drift, nothing to take away. */
  readonly notes?: readonly string[];
  /** Fields whose live value, if the document does not name it, is left alone even when the ledger owns it (e.g. a generated password). */
  readonly keeps?: readonly string[];
  /** The object is ours as a whole: what somebody else set on it is a difference, and its removal a deletion. */
  readonly whole?: boolean;
  /** Fields that the outside never shows (a delivered credential): compared with the ledger instead of live state, left alone where the ledger has none. They outlive the object: what the ledger says of them is taken away with it, unless another document asks for the same. */
  readonly unreadable?: readonly string[];
  /** Are these two the same to the outside (units, defaults, order of a list)? Strict equality when absent. */
  same?(path: string, desired: FieldValue, live: FieldValue): boolean;
  /** Pure judgement by rules and what was read. */
  assess?(difference: Difference, cluster: ClusterFacts): Assessment;
  /** Figures from the live cluster for risky changes only; bounded. One entry per difference, in order. */
  evidence?(ports: ClusterPorts, differences: readonly Difference[], signal: AbortSignal): Promise<readonly Evidence[]>;
  /** Would the outside accept them? One verdict per difference, in order; of a deletion only missing rights count. */
  probe?(ports: ClusterPorts, differences: readonly Difference[], signal: AbortSignal): Promise<readonly ProbeVerdict[]>;
  /** Its probes charge the controller's mutation quota (KIP-599). */
  readonly probesCharge?: boolean;
  /** Writes; one outcome per change, in order. Never throws for one item's refusal. */
  apply(ports: ClusterPorts, changes: readonly Change[], context: ApplyContext): Promise<readonly Outcome[]>;
  /** What else these changes write to: one writer at a time has a lease on each, beside the cluster's. */
  leases?(ports: ClusterPorts, changes: readonly Pick<Change, 'remoteName'>[]): Promise<readonly string[]>;
  /** Which of several servers beside the brokers an object stands on: each is read by itself, and one that fails takes its own objects along only. */
  part?(remoteName: string): string;
  readonly operations?: Readonly<Record<string, Operation>>;
  /** Of updates that were `started` or left by a killed run: is the outside done, and what we lent it taken back? `applied`, else `started`; repeatable. */
  finish?(ports: ClusterPorts, changes: readonly Change[], context: FinishContext): Promise<readonly Finished[]>;
  /** After a create: has it become visible? Absent: reads follow writes. */
  visible?(ports: ClusterPorts, remoteNames: readonly string[], signal: AbortSignal): Promise<boolean>;
  /** Governed by `prune.data`: a removal is held back where the environment keeps data. */
  readonly holdsData?: boolean;
  /** Rights always follow Git: where a document names another object now, what it set on the old one is taken away. What holds data is only forgotten. */
  readonly isRight?: boolean;
  /** Is this remote name in the environment's scope (its prefix, less siblings' longer ones)? Default: the remote name's own prefix. */
  inScope?(remoteName: string, holds: (name: string) => boolean, around: ScopeFacts): boolean;
  /** Does this remote name carry no prefix, so that it belongs to the one environment that configures the cluster? Absent: none does. */
  clusterWide?(remoteName: string): boolean;
  /** A document for an unmanaged live object, names without prefix; a reason where none can say it; undefined where there is nothing to say. */
  toManifest?(live: Live, unprefixed: (name: string) => string): Imported | Reason | undefined;
  /** Why no document may have this spec of import's, whatever is around it: the landscape's defaults are in it by now. */
  unsayable?(spec: JsonObject): Reason | undefined;
  /** What is set on the cluster's own object besides these fields, as an addition to the document that declares the cluster. */
  toAddition?(live: Live, stated: Fields): Addition;
  /** What a read of everything (`foreign`) cannot show on this cluster, each with its reason. */
  unlisted?(ports: ClusterPorts): Promise<readonly Reason[]>;
}

/** What else can say whether a live object is an environment's. */
export interface ScopeFacts {
  readonly live: Live;
  /** No other environment has the schema registry of this cluster. */
  readonly registryAlone: boolean;
}

/** A document that import writes. */
export interface Imported {
  readonly name: string;
  readonly spec: JsonObject;
  /** By key: they go to the store `local` before the document is written. */
  readonly secrets?: ReadonlyMap<string, Redacted>;
  /** What belongs to the object and cannot stand in a document. */
  readonly lacks?: readonly Reason[];
  /** Names of others that it makes use of: no tenant's document while another tenant owns one, as that one would have to agree first. */
  readonly takes?: readonly Pick<OwnedName, 'category' | 'name'>[];
}

/** What import adds to a document that stands already; an empty spec adds nothing. */
export interface Addition {
  readonly spec: JsonObject;
  /** Fields that live and cannot stand in a document. */
  readonly lacks: readonly (Reason & { readonly path: string })[];
}

/** Evidence with what it means. */
export interface Evidence {
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly reasons?: readonly Reason[];
  readonly risk?: Risk;
}

/** A kind of resource: one folder, one of these, one registry line. */
export interface Kind {
  readonly name: string;
  readonly plural: string;
  readonly description: string;
  /** Who may write its documents. */
  readonly writtenBy: 'platform' | 'tenant';
  /** Where its resources live: once per landscape, once per environment, or on each of the document's clusters. */
  readonly lives: 'landscape' | 'environment' | 'cluster';
  /** The shape of `spec` after composition; strict. */
  readonly spec: z.ZodType<JsonObject | object>;
  /** Every problem that this kind reports: folder and wording. */
  readonly problems?: { readonly folder: string; readonly types: Readonly<Record<string, { title: string; hint?: string }>> };
  /** The key in `defaults` of environment and landscape that holds for this kind. */
  readonly defaultsKey?: string;
  /** `spec[field]` names a template of this kind, whose spec (less `overridable`) lies below the document's own. */
  readonly template?: {
    readonly kind: string;
    readonly field: string;
    /** Only this field of the template's spec, and below this field of the document's. */
    readonly part?: { readonly of: string; readonly below: string };
  };
  /** The cluster that the spec itself names, by its logical name or its KafkaCluster: `metadata.clusters` then says nothing. */
  onCluster?(spec: JsonObject): { readonly name: string; readonly path: Path } | undefined;
  /** Kinds that its references can name: the order of work is derived from it. */
  readonly refersTo?: readonly string[];
  references?(spec: JsonObject): readonly Reference[];
  /** Files that a document refers to; their texts stand in `Resource.files`. */
  files?(spec: JsonObject): readonly FileReference[];
  ownedNames?(resource: Named): readonly OwnedName[];
  /** The name on the outside, prefix included; `metadata.name` behind the prefix when absent. */
  remoteName?(resource: Named, prefix: string): string;
  facts?(resource: Resource): readonly Fact[];
  /** Facts that hold without a document: built-in templates. */
  readonly builtInFacts?: readonly Fact[];
  /** A resource that expands into itself (same kind and name) is that one, by the remote name which what is around it gives. */
  expand?(resource: Resource, around: Surroundings): Expansion;
  /** For import, the inverse of `expand`: what on one cluster is better said by documents of this kind. */
  collapse?: Collapse;
  /** Checks that need more than the shape. `report` fills place, subject and scope from the path in the spec. */
  rules?(resource: Resource, around: Surroundings, report: ReportAt): void;
  /** Checks against the resources of this kind in the landscape's other environments. */
  acrossEnvironments?(resource: Resource, elsewhere: Elsewhere, report: ReportAt): void;
  readonly remote?: Remote;
}

/** The resources of one kind by environment. Asking composes the environments that are asked for, so it is done only where it matters. */
export interface Elsewhere {
  /** Of the environment itself. */
  here(): readonly Resource[];
  /** Of the environment that it comes after; none where it comes after none. */
  before(): readonly Resource[];
  /** Of all other environments. */
  others(): readonly Resource[];
}

/** Records a problem of this resource; `path` is a path of its spec. */
export type ReportAt = (make: MakeProblem, path: Path, message: string, extra?: Partial<ProblemDetails>) => void;
type MakeProblem = (details: ProblemDetails) => Problem;

/** Turns the results of a batched port call into outcomes. */
export const outcomesOf = (results: readonly ItemResult<unknown>[]): Outcome[] =>
  results.map<Outcome>(result => {
    if (result.ok) return { state: 'applied' };
    const { code, message } = result.fault;
    return { state: code.endsWith('outcome-unknown') ? 'unknown' : 'failed', code, message };
  });

/** What a validate-only answer says of a change: a refusal for lack of rights or quota is no verdict; missing rights are named. */
export function verdictOf(result: ItemResult<unknown>): ProbeVerdict {
  if (result.ok) return { probe: 'accepted' };
  const { code, message } = result.fault;
  if (code.endsWith('throttling-quota-exceeded')) return { probe: 'notProbed' };
  if (code.endsWith('authorization-failed')) return { probe: 'notProbed', lacks: [{ code, message }] };
  return { probe: 'accepted', impossible: [{ code, message }] };
}
