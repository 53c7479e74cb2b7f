import type { Assessment, ClusterPorts, Difference, Evidence, Kind } from '../kind.ts';
import { apply } from './apply.ts';
import { isNamedByRecord, toManifest } from './import.ts';
import { read } from './live.ts';
import { probe } from './probe.ts';
import { reasons, report } from './problems.ts';
import { project } from './project.ts';
import { promotable } from './promotion.ts';
import { rules } from './rules.ts';
import { SchemaSpec } from './spec.ts';
import { ownedSubject, remoteSubject } from './subject.ts';

/** How many versions go, and which schemas refer to them. A subject holds no records. */
async function evidence(ports: ClusterPorts, differences: readonly Difference[]): Promise<Evidence[]> {
  const registry = await ports.schemaRegistry();
  const versions = await registry.versions(differences.map(each => each.remoteName));
  return differences.map(({ remoteName, live }) => {
    const dependents = (live?.details.dependents ?? []) as readonly string[];
    const message = `${dependents.join(', ')} ${dependents.length === 1 ? 'refers' : 'refer'} to it.`;
    return {
      evidence: { records: 0, versions: versions.get(remoteName)?.length ?? 0, dependents },
      reasons: dependents.length === 0 ? [] : [{ code: reasons.dependents, message }],
    };
  });
}

/** A registry keeps what others refer to, and some count those that were deleted softly: it goes when they are gone for good. */
function assessed({ action, live }: Difference): Assessment {
  if (action !== 'delete') return {};
  const referrers = Number(live?.details.referrers ?? 0);
  const message = 'Clients that ask for it find it no more. The deletion is soft: the registry can bring its versions back.';
  const waits = `${referrers} ${referrers === 1 ? 'schema refers' : 'schemas refer'} to it, those that were deleted softly and can come back included: it goes after them.`;
  return {
    risk: 'disruptive',
    reasons: [{ code: reasons.canComeBack, message }],
    ...(referrers > 0 ? { inProgress: [{ code: reasons.stillReferred, message: waits }] } : {}),
  };
}

/** The schema of a topic's records in the registry beside the cluster. */
export const schema: Kind = {
  name: 'Schema',
  plural: 'schemas',
  description: "A schema in the registry beside the cluster: a subject's latest version, its references and its compatibility.",
  writtenBy: 'tenant',
  lives: 'cluster',
  spec: SchemaSpec,
  problems: report,
  defaultsKey: 'schema',
  refersTo: ['Topic'],
  references: spec =>
    (Array.isArray(spec.references) ? spec.references : []).flatMap((each, index) => {
      const name = typeof each === 'object' && each !== null && !Array.isArray(each) ? each.schema : undefined;
      return typeof name === 'string' ? [{ kind: 'Schema', name, path: ['references', index, 'schema'] }] : [];
    }),
  files: spec => (typeof spec.file === 'string' ? [{ file: spec.file, path: ['file'] }] : []),
  ownedNames: ownedSubject,
  remoteName: remoteSubject,
  rules,
  acrossEnvironments: promotable,
  remote: {
    needs: ['schemaRegistry'],
    holdsData: true,
    project,
    read,
    probe,
    evidence,
    apply,
    assess: assessed,
    // No client finds a subject that is named by its record behind a prefix: who has the registry alone has it.
    inScope: (remoteName, holds, { live, registryAlone }) => holds(remoteName) || (registryAlone && isNamedByRecord(live)),
    toManifest,
  },
};
