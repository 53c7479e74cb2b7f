import { z } from 'zod';

const Position = z.object({ file: z.string(), line: z.int(), column: z.int() });
const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const Risk = z.enum(['safe', 'disruptive', 'destructive', 'irreversible']);
const Reason = z.object({ code: z.string(), message: z.string() });
const Subject = z.object({
  tenant: z.string().nullish(),
  kind: z.string(),
  name: z.string(),
  cluster: z.string().nullish(),
});

const ProblemDocument = z.object({
  code: z.string().describe('Folder and word: `topic/partitions-cannot-shrink`.'),
  severity: z.enum(['error', 'warning']),
  scope: z.enum(['landscape', 'environment', 'tenant', 'change']).describe('What it stops.'),
  title: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  at: Position.optional().describe('The value that won.'),
  related: z.array(Position).describe('What it overrode, or the other side of a conflict.'),
  subject: Subject.optional(),
  environment: z.string().optional(),
  tenant: z.string().nullish(),
});

const ChangeDocument = z.object({
  action: z.enum(['create', 'update', 'delete', 'adopt', 'forget', 'move', 'none']),
  cluster: z.string().nullable(),
  tenant: z.string().nullable().describe('Null: the platform.'),
  kind: z.string(),
  name: z.string(),
  digest: z.string(),
  remoteName: z.string().describe('The name on the cluster, environment prefix included.'),
  at: Position.optional(),
  fields: z.array(z.object({ path: z.string(), from: Value, to: Value, risk: Risk })),
  state: z.enum(['ready', 'blocked', 'impossible', 'inProgress']),
  probe: z.enum(['accepted', 'deferred', 'notProbed']),
  risk: Risk,
  reasons: z.array(Reason),
  evidence: z.record(z.string(), z.unknown()),
  blockedBy: z.array(Reason.extend({ who: z.string() })),
  declaredBy: z.array(z.string()),
  movedFrom: z
    .object({
      environment: z.string(),
      cluster: z.string().optional(),
      tenant: z.string().nullable(),
      kind: z.string(),
      name: z.string(),
    })
    .optional(),
  outcome: z
    .object({
      state: z.enum(['applied', 'started', 'failed', 'skipped', 'refused', 'unknown']),
      message: z.string().optional(),
      code: z.string().optional(),
      remoteId: z.string().nullish(),
    })
    .optional()
    .describe('`apply` only.'),
});

const count = z.int().min(0);

/** What `plan`, `drift` and `apply` print with `-o json`. */
export const PlanDocument = z.object({
  schemaVersion: z.literal(1),
  environment: z.string(),
  revision: z.string().describe('A commit, or `working tree`.'),
  digest: z.string(),
  policyDigest: z.string(),
  runId: z.string().optional().describe('`apply` only.'),
  summary: z
    .object({
      create: count,
      update: count,
      delete: count,
      adopt: count,
      forget: count,
      move: count,
      blocked: count,
      impossible: count,
      inProgress: count,
      unchanged: count,
    })
    .describe('Ready changes per action, then the other states.'),
  changes: z.array(ChangeDocument),
  problems: z.array(ProblemDocument),
});

/** What `validate -o json` prints. */
export const ValidateDocument = z.object({ schemaVersion: z.literal(1), problems: z.array(ProblemDocument) });

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

const ImportDocument = z.object({
  schemaVersion: z.literal(1),
  environment: z.string(),
  files: z.array(z.string()),
  documents: count,
});

const UpDocument = z.object({
  schemaVersion: z.literal(1),
  clusters: z.array(
    z.object({ cluster: z.string(), bootstrapServers: z.array(z.string()), adminProperties: z.string(), running: z.boolean() }),
  ),
});

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
  explain: ExplainDocument,
};
