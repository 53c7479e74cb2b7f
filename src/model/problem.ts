import type { Position } from './position.ts';
import { withoutShapes } from './secret-shapes.ts';

export type Severity = 'error' | 'warning';
/** What a problem stops: everything, one environment, one tenant's changes there, or one change. */
export type Scope = 'landscape' | 'environment' | 'tenant' | 'change';

export interface Subject {
  readonly tenant?: string | null;
  readonly kind: string;
  readonly name: string;
  readonly cluster?: string | null;
}

/** Something that the user can fix: always data, never thrown. `code` starts with the folder that reports it (`topic/partitions-cannot-shrink`). */
export interface Problem {
  readonly code: string;
  readonly severity: Severity;
  readonly scope: Scope;
  readonly title: string;
  readonly message: string;
  readonly hint?: string;
  /** The value that won. */
  readonly at?: Position;
  /** What it overrode, or the other side of a conflict. */
  readonly related: readonly Position[];
  readonly subject?: Subject;
  readonly environment?: string;
  /** What stands at this place is a secret: from here on nobody sees the value. */
  readonly hides?: true;
  /** Whose changes a problem of scope `tenant` or `change` holds; null is the platform. */
  readonly tenant?: string | null;
}

/** One entry of a module's list of problems: everything that does not depend on the case at hand. */
export interface ProblemType {
  readonly title: string;
  readonly hint?: string;
  readonly severity?: Severity;
  readonly scope?: Scope;
  readonly hides?: true;
}

export type ProblemDetails = Partial<Omit<Problem, 'code' | 'title'>> & Pick<Problem, 'message'>;

/**
 * Makes the reporter of one folder: `const report = problems('topic', { 'partitions-cannot-shrink': { title, hint } })`,
 * then `report('partitions-cannot-shrink', { message, at })`. Severity is `error` and scope `tenant` unless the list or the case says otherwise.
 * Messages quote what stands in documents; a secret among it, known by its shape, is left out of them.
 */
export function problems<const Types extends Record<string, ProblemType>>(folder: string, types: Types) {
  const report = (name: keyof Types & string, details: ProblemDetails): Problem => {
    const type = types[name] as ProblemType;
    return {
      severity: type.severity ?? 'error',
      scope: type.scope ?? 'tenant',
      ...(type.hint === undefined ? {} : { hint: type.hint }),
      ...(type.hides === undefined ? {} : { hides: type.hides }),
      related: [],
      ...details,
      message: withoutShapes(details.message),
      code: `${folder}/${name}`,
      title: type.title,
    };
  };
  return Object.assign(report, { folder, types });
}

export const isError = (problem: Problem): boolean => problem.severity === 'error';
