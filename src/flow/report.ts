import type { ReportAt } from '#kinds/kind.ts';
import type { Problem, ProblemDetails } from '#model/problem.ts';
import { declaredAt, provenance, type Resource } from '#model/resource.ts';

/** Reports problems of one resource: place, what was overridden, subject and scope come from the resource. */
export const reporter =
  (resource: Resource, problems: Problem[]): ReportAt =>
  (make, path, message, extra) => {
    const [won, ...overridden] = path.length === 0 ? [declaredAt(resource)] : provenance(resource, path);
    const related = overridden.filter(each => each !== undefined);
    const details: ProblemDetails = {
      message,
      ...(won === undefined ? {} : { at: won }),
      related,
      tenant: resource.tenant,
      scope: resource.tenant === null ? 'environment' : 'tenant',
      subject: { tenant: resource.tenant, kind: resource.kind, name: resource.name, cluster: resource.cluster },
      environment: resource.environment,
      ...extra,
    };
    problems.push(make(details));
  };
