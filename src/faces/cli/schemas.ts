import { z } from 'zod';
import { count, PlanDocument, Position, Reason, ValidateDocument } from './plan-schemas.ts';

/** What `render -o json` prints. */
const RenderedDocument = z.object({
  schemaVersion: z.literal(1),
  environment: z.string(),
  revision: z.string(),
  resources: z.array(
    z.object({
      cluster: z.string().nullable(),
      tenant: z.string().nullable(),
      kind: z.string(),
      name: z.string(),
      remoteName: z.string(),
      at: Position.optional(),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()),
      managed: z.boolean(),
      protected: z.boolean(),
      declaredBy: z.array(z.string()),
      spec: z.record(z.string(), z.unknown()),
      provenance: z
        .array(z.object({ path: z.string(), value: z.unknown(), at: Position.optional(), overrode: z.array(Position) }))
        .optional()
        .describe('With `--provenance`.'),
    }),
  ),
});

const StatusDocument = z.object({
  schemaVersion: z.literal(1),
  environments: z.array(
    z.object({
      environment: z.string(),
      revision: z.string().nullable().describe('Null: never applied.'),
      appliedAt: z.string().nullable(),
      appliedBy: z.string().nullable(),
      owned: count.describe('Objects that the ledger says we own.'),
      open: count.describe('Intents that were announced and not settled.'),
      drifted: count.nullable().describe('Null: not known.'),
      unused: z.array(z.string()).describe('Accounts that no right of any document names.'),
      problems: z.array(Reason),
    }),
  ),
});

const HistoryDocument = z.object({
  schemaVersion: z.literal(1),
  environment: z.string(),
  runs: z.array(
    z.object({
      id: z.string(),
      landscape: z.string(),
      environment: z.string(),
      revision: z.string(),
      planDigest: z.string(),
      actor: z.string(),
      startedAt: z.string(),
      finishedAt: z.string().nullable().describe('Null: it did not come to its end.'),
      summary: z.record(z.string(), count).describe('Changes per outcome.'),
    }),
  ),
});

const BindingDocument = z.object({
  principal: z.string(),
  resourceType: z.string(),
  pattern: z.string(),
  resourceName: z.string(),
  operation: z.string(),
  permission: z.string(),
  host: z.string(),
  declaredBy: z.array(z.string()),
  live: z.boolean(),
});

/** What `who-can` and `what-can` print with `-o json`. */
const RightsDocument = z.object({
  schemaVersion: z.literal(1),
  environment: z.string(),
  rights: z.array(
    z.object({
      cluster: z.string(),
      principal: z.string(),
      resourceType: z.string(),
      resourceName: z.string(),
      operation: z.string(),
      host: z.string(),
      verdict: z.enum(['allowed', 'declared', 'denied']),
      because: z.array(BindingDocument).describe('The rules that decide; none for a super user.'),
    }),
  ),
  caveats: z.array(z.object({ cluster: z.string(), caveat: z.string() })),
});

const CompareDocument = z.object({
  schemaVersion: z.literal(1),
  from: z.string(),
  to: z.string(),
  differences: z.array(
    z.object({
      cluster: z.string().nullable(),
      tenant: z.string().nullable(),
      kind: z.string(),
      name: z.string(),
      onlyIn: z.string().optional(),
      fields: z.array(z.object({ path: z.string(), from: z.unknown(), to: z.unknown() })),
    }),
  ),
});

const DoctorDocument = z.object({
  schemaVersion: z.literal(1),
  findings: z.array(z.object({ what: z.string(), good: z.boolean(), says: z.string(), remedy: z.string().optional() })),
});

const notImported = { kind: z.string(), cluster: z.string(), code: z.string(), message: z.string() };
const ImportDocument = z.object({
  schemaVersion: z.literal(1),
  environment: z.string(),
  files: z.array(z.string()),
  documents: count,
  leftOut: z.array(z.object({ ...notImported, count, examples: z.array(z.string()) })),
  unlisted: z.array(z.object(notImported)),
});

const UpDocument = z.object({
  schemaVersion: z.literal(1),
  clusters: z.array(
    z.object({ cluster: z.string(), bootstrapServers: z.array(z.string()), adminProperties: z.string(), running: z.boolean() }),
  ),
});

/** What `secret` prints with `-o json`. */
const SecretDocument = z.discriminatedUnion('action', [
  z.object({
    schemaVersion: z.literal(1),
    action: z.literal('seal'),
    format: z.enum(['age', 'sops', 'sealed-secret']),
    sealed: z.string().describe('The armour, or the text of the file.'),
    document: z.string().nullable().describe('A Secret that holds the armour.'),
  }),
  z.object({ schemaVersion: z.literal(1), action: z.literal('rotate-key'), recipient: z.string() }),
  z.object({
    schemaVersion: z.literal(1),
    action: z.literal('reseal'),
    files: z.array(z.string()),
    failed: z.array(z.object({ file: z.string(), code: z.string(), message: z.string() })),
  }),
]);

/** What `explain -o json` prints: the kinds, or the JSON Schema of one or of a field of it. */
const ExplainDocument = z.union([
  z.object({
    schemaVersion: z.literal(1),
    kinds: z.array(
      z.object({
        name: z.string(),
        plural: z.string(),
        description: z.string(),
        writtenBy: z.enum(['platform', 'tenant']),
        lives: z.enum(['landscape', 'environment', 'cluster']),
      }),
    ),
  }),
  z.object({
    schemaVersion: z.literal(1),
    kind: z.string(),
    field: z.string().nullable().describe('Below `spec`; null: the whole of it.'),
    schema: z.record(z.string(), z.unknown()).describe('JSON Schema.'),
  }),
]);
const anyObject = z.record(z.string(), z.unknown());
const OffsetsDocument = z.object({
  schemaVersion: z.literal(1),
  environment: z.string(),
  cluster: z.string(),
  tenant: z.string().nullable(),
  name: z.string(),
  remoteName: z.string().describe('Connect cluster, slash, name on the workers.'),
  type: z.enum(['source', 'sink', 'unknown']),
  state: z.string().describe("In Connect's words."),
  offsets: z.array(z.object({ partition: anyObject, offset: anyObject.nullable() })).describe("In the connector's own words."),
});

/** The published documents by file name. */
export const documentSchemas = {
  plan: PlanDocument,
  validate: ValidateDocument,
  render: RenderedDocument,
  status: StatusDocument,
  history: HistoryDocument,
  rights: RightsDocument,
  compare: CompareDocument,
  doctor: DoctorDocument,
  import: ImportDocument,
  up: UpDocument,
  secret: SecretDocument,
  explain: ExplainDocument,
  offsets: OffsetsDocument,
};
