import { z } from 'zod';

export const Position = z.object({ file: z.string(), line: z.int(), column: z.int() });
const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const Risk = z.enum(['safe', 'disruptive', 'destructive', 'irreversible']);
export const Reason = z.object({ code: z.string(), message: z.string() });
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
  operation: z.string().optional().describe('A person asked for it, not Git: `restart`, `reset-offsets` …'),
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
  affected: z
    .array(
      z.object({
        document: z.string().describe('`TENANT/KIND/NAME`, or `KIND/NAME` of the platform.'),
        tenant: z.string().nullable(),
        owners: z.array(z.string()),
        as: z.enum(['reads', 'writes', 'connects', 'describes', 'refers']),
      }),
    )
    .describe('Who else feels a change that is not safe, from what is declared.'),
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

export const count = z.int().min(0);

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
